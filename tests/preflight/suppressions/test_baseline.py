"""The baseline: what was there before is accepted, what is new is not, what is gone is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tercet.errors import PreflightError
from tercet.preflight import baseline
from tercet.preflight.findings import Finding, Severity, Source
from tercet.preflight.suppressions import EXPIRED


def finding(address: str, value: str = "1", line: int = 3, rule: str = "nat-single-zone") -> Finding:
    source = Source("main.tf", line)
    return Finding(rule, Severity.SILENT_OUTAGE, address, "A message.", evidence={"count": value}, source=source)


def test_what_was_there_is_accepted_wherever_it_has_moved(tmp_path: Path):
    path = tmp_path / "baseline.json"
    assert baseline.write([finding("a_b.c"), finding("a_b.c"), finding("a_b.d")], path) == 2
    now = [finding("a_b.c", line=99), finding("a_b.d", value="2"), finding("a_b.e")]
    remaining, accepted, warnings = baseline.apply(now, path)
    assert [one.address for one in remaining] == ["a_b.d", "a_b.e"]
    assert [(one.finding.address, one.reason) for one in accepted] == [("a_b.c", f"in the baseline {path}")]
    assert len(warnings) == 1
    assert "nat-single-zone at a_b.d" in warnings[0]
    assert baseline.apply(now, path, complete=False).warnings == ()


def test_it_is_the_same_file_whatever_the_order(tmp_path: Path):
    baseline.write([finding("a_b.c"), finding("a_b.d")], tmp_path / "one")
    baseline.write([finding("a_b.d"), finding("a_b.c")], tmp_path / "two")
    assert (tmp_path / "one").read_text() == (tmp_path / "two").read_text()


def test_an_expired_acceptance_cannot_hide_in_it(tmp_path: Path):
    path = tmp_path / "baseline.json"
    expired = finding("a_b.c", rule=EXPIRED)
    assert baseline.write([expired], path) == 0
    assert baseline.apply([expired], path).remaining == (expired,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"version": 2, "findings": []}',
        '{"version": 1, "findings": {}}',
        '{"version": 1, "findings": [7]}',
        '{"version": 1, "findings": [{"fingerprint": "x", "rule": [], "address": "y"}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str):
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(PreflightError, match="baseline"):
        baseline.apply([], path)


def test_one_that_cannot_be_read_or_written(tmp_path: Path):
    with pytest.raises(PreflightError, match="cannot be read"):
        baseline.apply([], tmp_path / "missing.json")
    with pytest.raises(PreflightError, match="cannot be written"):
        baseline.write([], tmp_path / "missing" / "baseline.json")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PreflightError, match="not JSON"):
        baseline.apply([], tmp_path / "binary")
