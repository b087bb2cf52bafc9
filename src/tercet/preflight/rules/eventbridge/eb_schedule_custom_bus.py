"""A schedule on a bus that has none."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.eventbridge._buses import DEFAULT, bus_of

_RULE = """
resource "aws_cloudwatch_event_rule" "sweep" {
  name                = "payments-sweep-dev"
  schedule_expression = "rate(5 minutes)"BUS
}

resource "aws_cloudwatch_event_target" "sweep" {
  rule = aws_cloudwatch_event_rule.sweep.name
  arn  = "arn:aws:sqs:us-east-1:123456789012:payments-dev"BUS
}
"""

RULE = Rule(
    id="eb-schedule-custom-bus",
    title="A schedule on a custom event bus",
    severity=Severity.APPLY_FAILS,
    rationale="Rules with a schedule exist on the default bus only. EventBridge Scheduler needs no bus at all.",
    aws_error="ValidationException: ScheduleExpression is supported only on the default event bus.",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html",),
    resources=("aws_cloudwatch_event_rule",),
    failing=_RULE.replace("BUS", '\n  event_bus_name = "payments-dev"'),
    passing=_RULE.replace("BUS", ""),
)


@RULE.check
def check(rule: Resource, _context: Context) -> Iterator[Problem]:
    """Look for a bus beside the schedule."""
    if not rule.has("schedule_expression") or rule.value("schedule_expression") == "":
        return
    if bus_of(rule) != DEFAULT:
        yield Problem(
            rule,
            "event_bus_name",
            f"schedule_expression is {rule.shown('schedule_expression')} and event_bus_name is "
            f"{rule.shown('event_bus_name')}: schedules exist on the default bus only.",
            fix="Remove event_bus_name, here and on the rule's targets.",
            also={"schedule_expression": rule.shown("schedule_expression")},
        )
