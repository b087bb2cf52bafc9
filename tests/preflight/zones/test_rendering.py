"""Reports for people, programs and pages."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree

import jsonschema
import pytest

from tercet.errors import PreflightError
from tercet.preflight.zones import FORMATS, Fate, ZoneReport, analyse, render
from tercet.preflight.zones.json_document import schema
from tests.preflight.network.reading import NETWORK, graph_of

MIXED = (
    NETWORK
    + """
resource "aws_lambda_function" "api" {
  vpc_config {
    subnet_ids = aws_subnet.private[*].id
  }
}
resource "aws_db_instance" "ledger" {
  availability_zone = data.aws_availability_zones.up.names[0]
}
resource "aws_sqs_queue" "work" {
  count = 4
}
resource "aws_ecs_service" "hidden" {
}
"""
)

HOSTILE = (
    'resource "aws_db_instance" "x" {\n  for_each = toset(["</text><script>&", "\\u001b[31m", "\\u202e", "\\n"])\n'
    '  availability_zone = "us-east-1a<&\\"\'>\\u0007"\n}\n'
)


def mixed() -> ZoneReport:
    return analyse(graph_of(MIXED))


def test_the_table_says_each_verdict_in_words():
    text = render(mixed(), "table", width=110)
    for word in ("✓ survives", "◐ degraded", "✗ lost", "? not known", "4 × Queue", "zone 3", "2 of 3 zones"):
        assert word in text
    assert "Lost with a zone: aws_db_instance.ledger." in text
    assert "aws_db_instance.ledger has no standby." in text
    assert max(map(len, text.splitlines())) <= 110


def test_what_goes_with_its_zone_and_does_not_count_is_said():
    text = render(analyse(graph_of('resource "aws_instance" "a" {\n  availability_zone = "us-east-1a"\n}\n')), "table")
    assert "✗ lost" in text
    assert "Nothing is lost" not in text
    assert "No request is seen to depend on what is lost with a zone: aws_instance.a." in text


def test_a_zone_that_aws_chooses_in_a_region():
    text = render(analyse(graph_of('resource "aws_redshift_cluster" "a" {\n}\n')), "table")
    assert "AWS chooses its zone among those of the region" in text


def test_the_table_has_colours_only_where_they_are_wanted():
    assert "\x1b[" not in render(mixed(), "table")
    assert "\x1b[" in render(mixed(), "table", colour=True)


def test_the_json_is_as_its_schema_says():
    jsonschema.Draft202012Validator.check_schema(schema())
    document = json.loads(render(mixed(), "json"))
    jsonschema.validate(document, schema())
    assert document["lost"] == ["aws_db_instance.ledger"]
    assert [zone["whole"] for zone in document["zones"]] == ["lost", "undecidable", "undecidable"]


def test_the_picture_is_well_formed_and_says_all_in_words():
    root = ElementTree.fromstring(render(mixed(), "svg"))
    words = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    for word in ("survives", "degraded", "lost", "not known", "zone 1", "4 × Queue"):
        assert word in words
    reasons = " ".join(title.text or "" for title in root.iter("{http://www.w3.org/2000/svg}title"))
    assert "aws_db_instance.ledger has no standby." in reasons


@pytest.mark.parametrize("kind", FORMATS)
def test_names_of_the_input_steer_nothing(kind: str):
    text = render(analyse(graph_of(HOSTILE)), kind)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", text)
    if kind == "svg":
        root = ElementTree.fromstring(text)
        assert {element.tag.rsplit("}", 1)[1] for element in root.iter()} <= {
            "svg", "title", "desc", "style", "rect", "text", "g", "line", "path", "circle",
        }  # fmt: skip


@pytest.mark.parametrize("kind", FORMATS)
def test_an_empty_report_is_a_report(kind: str):
    assert render(analyse(graph_of('terraform {\n  required_version = ">= 1.10"\n}\n')), kind)


def test_an_unknown_format_is_refused():
    with pytest.raises(PreflightError, match="There is no format png: choose table, json, svg"):
        render(mixed(), "png")


def test_the_fates_are_ordered_from_the_best_on():
    assert sorted(Fate, key=lambda fate: fate.rank) == [Fate.SURVIVES, Fate.DEGRADED, Fate.UNDECIDABLE, Fate.LOST]
