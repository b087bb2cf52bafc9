"""Two rules of a web ACL that are to be asked at the same time."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule

_GROUP = """
resource "aws_wafv2_rule_group" "payments" {
  name     = "payments-dev"
  scope    = "REGIONAL"
  capacity = 10

  rule {
    name     = "countries"
    priority = 1

    action {
      block {}
    }

    statement {
      geo_match_statement {
        country_codes = ["KP"]
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "countries"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "rate"
    priority = %s

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = 2000
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "rate"
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
    id="waf-duplicate-priority",
    title="Two rules with one priority",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "WAF asks the rules of a web ACL or rule group in the order of their priorities, and each must be unique."
    ),
    aws_error="WAFInvalidParameterException: the priority of each rule must be unique",
    sources=("https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing-order.html",),
    resources=("aws_wafv2_web_acl", "aws_wafv2_rule_group"),
    failing=_GROUP % "1",
    passing=_GROUP % "2",
)


@RULE.check
def check(acl: Resource, _: Context) -> Iterator[Problem]:
    """Gather the priorities."""
    seen: dict[float, Block] = {}
    unknown: Undecidable | None = None
    for rule in acl.blocks("rule"):
        try:
            priority = rule.number("priority")
        except Undecidable as error:
            unknown = error
            continue
        if priority is None:
            continue
        first = seen.setdefault(priority, rule)
        if first is not rule:
            yield Problem(
                rule,
                "priority",
                f"the rules {first.shown('name')} and {rule.shown('name')} both have priority {priority}: WAF refuses "
                "the whole list.",
                fix="Give each rule a priority of its own.",
            )
    if unknown is not None:
        raise unknown
