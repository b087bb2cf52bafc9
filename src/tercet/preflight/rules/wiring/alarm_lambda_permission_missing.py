"""An alarm on a function that it may not call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._permissions import unpermitted

_SERVICE: Final = "lambda.alarms.cloudwatch.amazonaws.com"
_ALARM = alarm(alarm_actions="[aws_lambda_function.processor.arn]") + example.function(role=example.ELSEWHERE)

RULE = Rule(
    id="alarm-lambda-permission-missing",
    title="An alarm whose function CloudWatch may not call",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "An alarm calls a function where the function's policy lets lambda.alarms.cloudwatch.amazonaws.com. Without it "
        "the alarm goes off, and the function is not called; only the alarm's history says so."
    ),
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html",),
    resources=("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"),
    failing=_ALARM,
    passing=_ALARM + example.permission(_SERVICE, "aws_cloudwatch_metric_alarm.errors.arn"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look for a permission of each function that an alarm calls."""
    for argument in ("alarm_actions", "ok_actions", "insufficient_data_actions"):
        yield from unpermitted(
            resource, argument, _SERVICE, "the alarm goes off, and the function is not called.", source=resource
        )
