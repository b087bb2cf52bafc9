"""A rule that nothing starts."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

_TARGET = """
resource "aws_cloudwatch_event_target" "payments" {
  rule = aws_cloudwatch_event_rule.payments.name
  arn  = "arn:aws:sqs:us-east-1:123456789012:payments-dev"
}
"""

RULE = Rule(
    id="eb-rule-empty",
    title="A rule with neither a pattern nor a schedule",
    severity=Severity.APPLY_FAILS,
    rationale="A rule is started by events that match its pattern, or by its schedule. The provider wants one of them.",
    aws_error="Error: Missing required argument: one of `event_pattern,schedule_expression` must be specified",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",),
    resources=("aws_cloudwatch_event_rule",),
    failing="""
resource "aws_cloudwatch_event_rule" "payments" {
  name = "payments-captured-dev"
}
"""
    + _TARGET,
    passing="""
resource "aws_cloudwatch_event_rule" "payments" {
  name          = "payments-captured-dev"
  event_pattern = jsonencode({ source = ["payments"], detail-type = ["payment.captured"] })
}
"""
    + _TARGET,
)


@RULE.check
def check(rule: Resource, _context: Context) -> Iterator[Problem]:
    """Look for either."""
    if not rule.has("event_pattern") and not rule.has("schedule_expression"):
        yield Problem(
            rule,
            "event_pattern",
            "The rule has neither event_pattern nor schedule_expression: nothing starts it.",
            fix="Give one of them.",
        )
