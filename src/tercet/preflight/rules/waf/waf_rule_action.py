"""A rule that says what to do in the wrong place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule

_ACL = """
resource "aws_lb" "payments" {
  name     = "payments-dev"
  internal = true
  subnets  = var.subnet_ids
}

variable "subnet_ids" {
  type = list(string)
}

resource "aws_wafv2_web_acl_association" "payments" {
  resource_arn = aws_lb.payments.arn
  web_acl_arn  = aws_wafv2_web_acl.payments.arn
}

resource "aws_wafv2_web_acl" "payments" {
  name  = "payments-dev"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "common"
    priority = 1

    %s

    statement {
      managed_rule_group_statement {
        name        = "AWSManagedRulesCommonRuleSet"
        vendor_name = "AWS"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "common"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "payments-dev"
    sampled_requests_enabled   = true
  }
}
"""

RULE = Rule(
    id="waf-rule-action",
    title="Rule with action where override_action belongs, or with both or neither",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A rule that refers to a rule group (managed or one's own) takes `override_action`, because the group's rules "
        "have actions of their own; every other rule takes `action`. Exactly one of the two must be given."
    ),
    aws_error=(
        "WAFInvalidParameterException: Error reason: You have used none or multiple values for a field that requires "
        "exactly one value., field: RULE, parameter: Rule"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/29321",
    ),
    resources=("aws_wafv2_web_acl",),
    failing=_ACL % "action {\n      block {}\n    }",
    passing=_ACL % "override_action {\n      none {}\n    }",
)

_GROUPS: Final = ("managed_rule_group_statement", "rule_group_reference_statement")


@RULE.check
def check(acl: Resource, _: Context) -> Iterator[Problem]:
    """Look at each rule's statement and at what it is to do."""
    for rule in acl.blocks("rule"):
        statement = rule.block("statement")
        if statement is None:
            continue
        refers = any(statement.blocks(kind) for kind in _GROUPS)
        right, wrong = ("override_action", "action") if refers else ("action", "override_action")
        has_right, has_wrong = bool(rule.blocks(right)), bool(rule.blocks(wrong))
        if has_wrong or not has_right:
            yield _problem(rule, right, wrong, refers, has_wrong)


def _problem(rule: Block, right: str, wrong: str, refers: bool, has_wrong: bool) -> Problem:
    what = "refers to a rule group" if refers else "has a statement of its own"
    return Problem(
        rule,
        wrong if has_wrong else right,
        f"the rule {rule.shown('name')} {what} and {'has ' + wrong if has_wrong else 'has no ' + right}: WAF takes "
        f"{right} there and nothing else; the apply stops.",
        fix=f"Use {right} instead of {wrong}." if has_wrong else f"Give the rule {right}.",
    )
