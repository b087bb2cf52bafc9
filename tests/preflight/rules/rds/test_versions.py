"""Engine versions and instance classes: what does not exist, what was retired, what may be newer than the table."""

from __future__ import annotations

import datetime

import pytest

from tercet.preflight.check import Options
from tests.preflight.checking import check_hcl, found


def cluster(engine: str, version: str) -> str:
    return f"""
resource "aws_rds_cluster" "c" {{
  engine              = "{engine}"
  engine_version      = "{version}"
  skip_final_snapshot = true
}}
"""


RULES = ("aurora-engine-version-format", "rds-engine-version-unknown", "rds-engine-version-retired")


@pytest.mark.parametrize(
    ("engine", "version", "rule"),
    [
        ("aurora-mysql", "8.0.35", "aurora-engine-version-format"),
        ("aurora-mysql", "3.04.0", "aurora-engine-version-format"),
        ("aurora-mysql", "8.0", None),
        ("aurora-mysql", "8.0.mysql_aurora.3.10.5", None),
        ("aurora-mysql", "8.0.mysql_aurora.3.02.9", None),
        ("aurora-mysql", "8.0.mysql_aurora.3.02.0", "rds-engine-version-retired"),
        ("aurora-mysql", "8.0.mysql_aurora.3.99.0", None),
        ("aurora-postgresql", "15.9", "rds-engine-version-unknown"),
        ("aurora-postgresql", "15", None),
        ("aurora-postgresql", "16.99", None),
        ("mysql", "8.0.38", "rds-engine-version-unknown"),
        ("mysql", "8.0.35", "rds-engine-version-retired"),
        ("mysql", "9.4.0", None),
        ("postgres", "16", None),
        ("oracle-ee", "19.0.0.0.ru-2024-01.rur-2024-01.r1", None),
        ("sqlserver-ex", "1", None),
    ],
)
def test_versions(engine: str, version: str, rule: str | None):
    report = check_hcl(cluster(engine, version))
    assert [name for name in RULES if found(report, name)] == ([rule] if rule else [])


def test_a_version_that_may_be_newer_is_undecided():
    report = check_hcl(cluster("aurora-postgresql", "17.99"))
    assert "rds-engine-version-unknown" in {one.rule for one in report.undecided}


def test_the_end_of_support_is_asked_of_the_day():
    text = cluster("mysql", "8.0.46").replace("aws_rds_cluster", "aws_db_instance")
    before, after = (Options(as_of=datetime.date(2026, month, 1)) for month in (7, 8))
    assert not found(check_hcl(text, options=before), "rds-engine-support-ended")
    assert found(check_hcl(text, options=after), "rds-engine-support-ended")


@pytest.mark.parametrize(
    ("engine", "chosen", "is_wrong"),
    [
        ("aurora-mysql", "db.m5.large", True),
        ("aurora-mysql", "db.t3.micro", True),
        ("aurora-mysql", "db.serverless", False),
        ("aurora-mysql", "r5.large", True),
        ("aurora-mysql", "db.r5.large", False),
        ("aurora-mysql", "db.r99g.large", False),
        ("mysql", "db.serverless", True),
        ("postgres", "db.t4g.micro", False),
        ("an-engine-to-come", "db.m5.large", False),
    ],
)
def test_classes(engine: str, chosen: str, is_wrong: bool):
    text = f'resource "aws_db_instance" "i" {{\n  engine         = "{engine}"\n  instance_class = "{chosen}"\n}}\n'
    assert bool(found(check_hcl(text), "aurora-instance-class-engine")) is is_wrong
