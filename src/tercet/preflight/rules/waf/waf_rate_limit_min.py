"""A rate limit that WAF does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

_ACL = """
resource "aws_wafv2_rule_group" "payments" {
  name     = "payments-dev"
  scope    = "REGIONAL"
  capacity = 10

  rule {
    name     = "rate"
    priority = 1

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = %s
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
    id="waf-rate-limit-min",
    title="Rate-based rule with a limit outside 10 to 2,000,000,000",
    severity=Severity.APPLY_FAILS,
    rationale="A rate-based rule counts requests of one origin within its window; AWS takes limits from 10 on.",
    aws_error="expected <rule>.limit to be in the range (10 - 2000000000), got <limit>",
    sources=("https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html",),
    resources=("aws_wafv2_web_acl", "aws_wafv2_rule_group"),
    failing=_ACL % "5",
    passing=_ACL % "2000",
)

_LEAST: Final = 10
_MOST: Final = 2_000_000_000


@RULE.check
def check(acl: Resource, _: Context) -> Iterator[Problem]:
    """Look at each rate-based statement."""
    for rule in acl.blocks("rule"):
        for statement in rule.blocks("statement"):
            for rate in statement.blocks("rate_based_statement"):
                yield from _outside(rate)


def _outside(rate: Block) -> Iterator[Problem]:
    limit = rate.number("limit")
    if limit is not None and not _LEAST <= limit <= _MOST:
        yield Problem(
            rate,
            "limit",
            f"limit is {limit}, and {_LEAST} to {_MOST:,} are allowed: the plan stops.",
            fix=f"limit = {_LEAST if limit < _LEAST else _MOST}",
            change=Change(rate, "limit", _LEAST if limit < _LEAST else _MOST),
        )
