"""Schedule expressions that EventBridge does not take."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.eventbridge._schedules import wrong_with

_RULE = """
resource "aws_cloudwatch_event_rule" "sweep" {
  name                = "payments-sweep-dev"
  schedule_expression = "SCHEDULE"
}

resource "aws_cloudwatch_event_target" "sweep" {
  rule = aws_cloudwatch_event_rule.sweep.name
  arn  = "arn:aws:sqs:us-east-1:123456789012:payments-dev"
}
"""

RULE = Rule(
    id="eb-rate-plural",
    title="A schedule expression that EventBridge does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A rate of 1 has its unit in the singular, others in the plural. A cron expression has six fields, and one of "
        "day of month and day of week is a question mark. Rules know nothing else."
    ),
    aws_error="ValidationException: Parameter ScheduleExpression is not valid.",
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",),
    resources=("aws_cloudwatch_event_rule", "aws_scheduler_schedule"),
    failing=_RULE.replace("SCHEDULE", "rate(1 minutes)"),
    passing=_RULE.replace("SCHEDULE", "rate(1 minute)"),
)


@RULE.check
def check(rule: Resource, _context: Context) -> Iterator[Problem]:
    """Read the expression."""
    expression = rule.text("schedule_expression")
    if not expression:
        return
    what = wrong_with(expression, scheduler=rule.type == "aws_scheduler_schedule")
    if what is not None:
        yield Problem(
            rule,
            "schedule_expression",
            f"schedule_expression is {rule.shown('schedule_expression')}: {what}.",
            fix="Write rate(1 minute), rate(5 minutes) or cron(0 6 * * ? *), for example.",
        )
