"""What a plan leaves open: which instance is meant, and whether the provider was left to choose."""

from __future__ import annotations

from typing import Any

import pytest

from tercet.preflight.check import check_configuration
from tests.preflight.checking import found
from tests.preflight.plan.test_reading import plan, referring, resource

KEY = resource("aws_kms_key.payments", {}, unknown={"arn": True})
CONDITION = {"references": ["var.has_key", "aws_kms_key.payments.arn", "aws_kms_key.payments"]}


def verdict(rule: str, *resources: dict[str, Any]) -> tuple[bool, bool]:
    report = check_configuration(plan(*resources))
    return bool(found(report, rule)), rule in {one.rule for one in report.undecided}


@pytest.mark.parametrize(
    ("rule", "argument", "known"),
    [
        (
            "rds-pi-retention-without-pi",
            "performance_insights_kms_key_id",
            {"performance_insights_enabled": False},
        ),
        ("rds-key-without-encryption", "kms_key_id", {"storage_encrypted": False}),
        ("rds-az-with-multi-az", "availability_zone", {"multi_az": True}),
    ],
)
def test_a_condition_may_have_come_to_nothing(rule: str, argument: str, known: dict[str, Any]):
    said = {name: {"constant_value": value} for name, value in known.items()}
    either = resource("aws_db_instance.payments", {**said, argument: CONDITION}, known, {argument: True})
    assert verdict(rule, KEY, either) == (False, True)
    surely = {**said, argument: referring("aws_kms_key.payments.arn")}
    assert verdict(rule, KEY, resource("aws_db_instance.payments", surely, known, {argument: True})) == (True, False)


EACH = {"references": ["each.value"]}
ONE = 'aws_rds_cluster.all["aurora-mysql"]'


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        (["aws_rds_cluster.all", "each.value"], (False, True)),
        ([f"{ONE}.id", ONE, "aws_rds_cluster.all"], (True, False)),
    ],
)
def test_an_instance_may_be_of_one_cluster_or_another(references: list[str], expected: tuple[bool, bool]):
    made = []
    for engine in ("aurora-mysql", "aurora-postgresql"):
        one = resource("aws_rds_cluster.all", {"engine": EACH}, {"engine": engine}, {"id": True})
        made.append({**one, "is": {**one["is"], "address": f'aws_rds_cluster.all["{engine}"]', "index": engine}})
    instance = resource(
        "aws_rds_cluster_instance.one",
        {"cluster_identifier": {"references": references}, "engine": {"constant_value": "aurora-postgresql"}},
        {"engine": "aurora-postgresql"},
        {"cluster_identifier": True},
    )
    assert verdict("aurora-instance-engine-mismatch", *made, instance) == expected
