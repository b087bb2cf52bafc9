from __future__ import annotations

import json

import pytest

from tercet.errors import TerraformError
from tercet.terraform import Diagnostic, Planned, events
from tercet.terraform.failure import describe, describe_first


def test_unknown_kinds_and_empty_lines_are_passed_over() -> None:
    assert events.parse("") is None
    assert events.parse('{"type": "something_of_next_year", "hook": 3}') is None


@pytest.mark.parametrize("line", ["panic: runtime error", "{", "[1, 2]", '{"no": "type"}', "null"])
def test_what_is_not_an_event_is_kept_as_text(line: str) -> None:
    assert events.parse(line) == events.Unstructured(line)


def test_a_newer_major_format_is_refused() -> None:
    assert events.parse('{"type": "version", "ui": "1.9"}') is None
    assert events.parse('{"type": "version", "tofu": "1.10.0", "ui": "0.1.0"}') is None
    with pytest.raises(TerraformError, match=r"format 2\.0.*TERCET_TERRAFORM"):
        events.parse('{"type": "version", "ui": "2.0"}')


def test_a_replacement_is_two_operations_and_a_move_none() -> None:
    assert Planned("a.b", "replace").operations == 2
    assert Planned("a.b", "move").operations == 0


def test_events_with_missing_parts_do_not_fail() -> None:
    for kind in ("planned_change", "apply_start", "apply_complete", "change_summary", "outputs", "diagnostic"):
        assert events.parse(json.dumps({"type": kind})) is not None


def test_a_description_names_address_place_and_detail_once() -> None:
    diagnostic = Diagnostic("error", "Bad thing", "It is\n  bad.", "aws_vpc.main", "cdk.tf.json", 12)
    assert describe(diagnostic) == "Bad thing (aws_vpc.main, cdk.tf.json:12): It is bad."
    assert describe_first([diagnostic, diagnostic, diagnostic]).endswith("It is bad. (2 more errors came with it.)")
    assert len(describe(Diagnostic("error", "Long", "x" * 5000))) < 1000


def test_an_error_with_a_place_goes_before_an_introduction_to_errors() -> None:
    introduction = Diagnostic("error", "Terraform encountered problems during initialisation")
    assert describe_first([introduction, Diagnostic("error", "Bad", file="main.tf", line=2)]).startswith(
        "Bad (main.tf:2)"
    )
    assert describe_first([introduction]) == "Terraform encountered problems during initialisation."
