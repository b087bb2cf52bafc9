"""Dynamic blocks in the JSON syntax, where they stand inside of other blocks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.preflight.checking import check_json_file, found


def backups(days: int) -> dict[str, Any]:
    copy = {
        "for_each": ["${vault.value}"],
        "content": {"destination_vault_arn": "${copy_action.value}", "lifecycle": {"delete_after": days}},
    }
    rule = {
        "for_each": {"daily": "arn:aws:backup:us-west-2:123456789012:backup-vault:payments-dev"},
        "iterator": "vault",
        "content": {
            "rule_name": "${vault.key}",
            "target_vault_name": "payments-dev",
            "dynamic": {"copy_action": copy},
            "lifecycle": [{"cold_storage_after": 30, "delete_after": days}],
        },
    }
    return {"resource": {"aws_backup_plan": {"p": {"name": "payments-dev", "dynamic": {"rule": rule}}}}}


@pytest.mark.parametrize("days", [120, 100])
def test_dynamic_blocks_inside_of_blocks_as_json(days: int):
    report = check_json_file(backups(days))
    assert bool(found(report, "backup-lifecycle-90")) is (days < 120)
    assert not found(report, "schema-unknown-argument")
    assert not found(report, "undeclared-reference")


def test_many_dynamic_blocks_in_one_another_end():
    inside: dict[str, Any] = {"name": "x"}
    for level in range(5):
        inside = {"dynamic": {f"block{level}": {"for_each": list(range(1000)), "content": inside}}}
    report = check_json_file({"resource": {"aws_wafv2_rule_group": {"payments": {"rule": inside, "name": "n"}}}})
    assert report.resources == 1
