"""More datapoints than an alarm looks at."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm

RULE = Rule(
    id="cw-alarm-datapoints-gt-evaluation",
    title="An alarm wants more datapoints than it looks at",
    severity=Severity.APPLY_FAILS,
    rationale="Of the periods that an alarm evaluates, no more than all of them can be breaching.",
    aws_error="ValidationError: DatapointsToAlarm must be less than or equal to EvaluationPeriods",
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",),
    resources=("aws_cloudwatch_metric_alarm",),
    failing=alarm(evaluation_periods="2", datapoints_to_alarm="3"),
    passing=alarm(evaluation_periods="3", datapoints_to_alarm="2"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the two numbers."""
    if not resource.has("datapoints_to_alarm"):
        return
    points = resource.number("datapoints_to_alarm", 0) or 0
    periods = resource.number("evaluation_periods", 0) or 0
    if periods and points > periods:
        yield Problem(
            resource,
            "datapoints_to_alarm",
            f"datapoints_to_alarm is {points} and evaluation_periods is {periods}.",
            fix=f"Set datapoints_to_alarm to {periods} at most.",
            change=Change(resource, "datapoints_to_alarm", int(periods)),
            also={"evaluation_periods": str(periods)},
        )
