"""An event rule whose function EventBridge may not call."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._permissions import unpermitted

_TARGET = """
resource "aws_cloudwatch_event_rule" "paid" {
  name          = "payments-paid-dev"
  event_pattern = jsonencode({ source = ["payments.ledger"] })
}

resource "aws_cloudwatch_event_target" "paid" {
  rule = aws_cloudwatch_event_rule.paid.name
  arn  = aws_lambda_function.processor.arn
}
""" + example.function(role=example.ELSEWHERE)

RULE = Rule(
    id="eb-lambda-permission-missing",
    title="An event target on a function that EventBridge may not call",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "EventBridge calls a function only where the function's own policy lets events.amazonaws.com. Without an "
        "aws_lambda_permission the rule matches, each invocation fails, and the events are lost after 24 hours."
    ),
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-lambda-permissions",
    ),
    resources=("aws_cloudwatch_event_target",),
    failing=_TARGET,
    passing=_TARGET + example.permission("events.amazonaws.com", "aws_cloudwatch_event_rule.paid.arn"),
)


@RULE.check
def check(target: Resource, _: Context) -> Iterator[Problem]:
    """Look for a permission of the function; a target with a role of its own needs none."""
    if not target.has("role_arn"):
        rule = target.target("rule", "aws_cloudwatch_event_rule")
        lost = "its invocations fail, and the events are lost."
        yield from unpermitted(target, "arn", "events.amazonaws.com", lost, source=rule)
