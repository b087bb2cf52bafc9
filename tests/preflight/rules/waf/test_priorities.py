"""Priorities that a dynamic block counts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.preflight.checking import check_hcl, check_json_file, found

ACL = """
locals {
  sets = ["AWSManagedRulesCommonRuleSet", "AWSManagedRulesSQLiRuleSet"]
}

resource "aws_wafv2_rule_group" "payments" {
  name     = "payments-dev"
  scope    = "REGIONAL"
  capacity = 10
  rule {
    name     = "first"
    priority = %d
  }
  dynamic "rule" {
    for_each = %s
    content {
      name     = rule.value
      priority = rule.key + 1
    }
  }
}
"""
LIST = '["AWSManagedRulesCommonRuleSet", "AWSManagedRulesSQLiRuleSet"]'


@pytest.mark.parametrize(
    ("first", "over", "is_wrong"),
    [
        (2, LIST, True),
        (3, LIST, False),
        (2, f"concat({LIST}, [])", True),
        (2, "[for one in local.sets : one]", True),
        (2, f"toset({LIST})", False),
    ],
)
def test_the_keys_of_a_list_are_numbers(first: int, over: str, is_wrong: bool):
    assert bool(found(check_hcl(ACL % (first, over)), "waf-duplicate-priority")) is is_wrong


@pytest.mark.parametrize("over", [json.loads(LIST), f"${{concat({LIST}, [])}}"])
def test_as_json(over: Any):
    content = {"name": "${rule.value}", "priority": "${rule.key + 1}"}
    group: dict[str, Any] = {
        "name": "payments-dev",
        "scope": "REGIONAL",
        "capacity": 10,
        "rule": [{"name": "first", "priority": 2}],
        "dynamic": {"rule": [{"for_each": over, "content": [content]}]},
    }
    report = check_json_file({"resource": {"aws_wafv2_rule_group": {"payments": group}}})
    assert found(report, "waf-duplicate-priority")
