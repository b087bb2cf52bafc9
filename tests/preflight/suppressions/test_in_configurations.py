"""Acceptances in whole configurations: what the engine makes of them, from the file to the report."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest

from tercet.preflight import baseline, suppressions
from tercet.preflight.check import Options, check_path
from tercet.preflight.findings import Report
from tercet.preflight.registry import everything
from tercet.preflight.reporting import FORMATS, render
from tercet.preflight.suppressions import EXPIRED, INVALID
from tests.preflight.checking import check_hcl, check_json

RULE = "aurora-backtrack-engine"
OPTIONS = Options(as_of=datetime.date(2026, 11, 26))
CLUSTER = """
provider "aws" {
  region = "us-east-1"
}

COMMENT
resource "aws_rds_cluster" "payments" {
  COUNT
  engine                      = "aurora-postgresql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backtrack_window            = 86400
}
"""


def hcl(comment: str = "", count: str = "") -> str:
    return CLUSTER.replace("COMMENT", comment).replace("COUNT", count)


def configuration(*entries: Any) -> dict[str, Any]:
    cluster = {
        "engine": "aurora-postgresql",
        "master_username": "payments",
        "manage_master_user_password": True,
        "storage_encrypted": True,
        "skip_final_snapshot": True,
        "backtrack_window": 86_400,
        "//": {"preflight": list(entries)},
    }
    return {"provider": {"aws": [{"region": "us-east-1"}]}, "resource": {"aws_rds_cluster": {"payments": cluster}}}


def reported(report: Report) -> set[str]:
    return {one.rule for one in report.findings} & {RULE, EXPIRED, INVALID}


def test_a_comment_in_hcl():
    assert reported(check_hcl(hcl(), options=OPTIONS)) == {RULE}
    report = check_hcl(hcl(f'# preflight:accept {RULE} until=2026-12-31 reason="never rewound"'), options=OPTIONS)
    assert reported(report) == set()
    assert [(one.finding.rule, one.reason) for one in report.accepted] == [(RULE, "never rewound")]


def test_one_comment_for_all_instances():
    report = check_hcl(hcl(f'# preflight:accept {RULE} reason="never rewound"', "count = 3"), options=OPTIONS)
    assert reported(report) == set()
    assert len(report.accepted) == 3
    assert [one for one in report.warnings if RULE in one] == []


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        (f'# preflight:accept {RULE} until=2026-11-25 reason="never rewound"', {RULE, EXPIRED}),
        (f"# preflight:accept {RULE}", {RULE, INVALID}),
        (f'# preflight:accept {RULE} until=soon reason="x"', {RULE, INVALID}),
        ('# preflight:accept nonsense reason="x"', {RULE, INVALID}),
    ],
)
def test_a_comment_that_has_expired_or_is_malformed(comment: str, expected: set[str]):
    assert reported(check_hcl(hcl(comment), options=OPTIONS)) == expected


def test_an_acceptance_in_json():
    entry = {"rule": RULE, "reason": "never rewound", "until": "2026-12-31"}
    assert reported(check_json(configuration(entry), options=OPTIONS)) == set()
    assert reported(check_json(configuration({**entry, "until": "2026-11-25"}), options=OPTIONS)) == {RULE, EXPIRED}
    assert reported(check_json(configuration({"rule": RULE}), options=OPTIONS)) == {RULE, INVALID}


def test_a_file_and_a_baseline(tmp_path: Path):
    (tmp_path / "main.tf").write_text(hcl())
    file = tmp_path / "accept.toml"
    file.write_text(f'[[accept]]\nrule = "{RULE}"\naddress = "aws_rds_cluster.*"\nreason = "never rewound"\n')
    accepting = Options(as_of=OPTIONS.as_of, suppressions=suppressions.from_file(file, everything()))
    assert reported(check_path(tmp_path, accepting)) == set()
    before = check_path(tmp_path, OPTIONS)
    baseline.write(before.findings, tmp_path / "baseline.json")
    (tmp_path / "main.tf").write_text("\n\n\n" + hcl())
    assert baseline.apply(check_path(tmp_path, OPTIONS).findings, tmp_path / "baseline.json").remaining == ()


def test_an_acceptance_that_is_not_used_is_said():
    cured = configuration({"rule": RULE, "reason": "never rewound"})
    del cured["resource"]["aws_rds_cluster"]["payments"]["backtrack_window"]
    assert any(RULE in warning for warning in check_json(cured, options=OPTIONS).warnings)


@pytest.mark.parametrize("name", FORMATS)
def test_the_whole_way_to_every_format(name: str):
    report = check_json(configuration({"rule": "\x1b[31m<blink>", "reason": "\u202e"}), options=OPTIONS)
    text = render(report, name, rules=everything(), target="main.tf.json", verbose=True)
    assert RULE in text
    assert "\x1b" not in text
    assert "<blink>" not in text or name in {"table", "json", "sarif", "github"}
