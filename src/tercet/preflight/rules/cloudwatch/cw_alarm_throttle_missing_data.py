"""Alarms on throttling that never become green."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm
from tercet.preflight.rules.cloudwatch._metrics import of_alarm

SPARSE: Final = frozenset(
    ("ReadThrottleEvents", "SystemErrors", "ThrottledRequests", "UserErrors", "WriteThrottleEvents")
)

_CHANGES = {
    "alarm_name": '"payments-throttled-dev"',
    "namespace": '"AWS/DynamoDB"',
    "metric_name": '"WriteThrottleEvents"',
    "dimensions": '{ TableName = "payments-sessions-dev" }',
}

RULE = Rule(
    id="cw-alarm-throttle-missing-data",
    title="An alarm on a metric that is absent when all is well",
    severity=Severity.ADVICE,
    rationale=(
        "DynamoDB publishes throttling and errors only when there are any. With missing data treated as missing, the "
        "alarm stands at INSUFFICIENT_DATA while all is well, and after an incident it takes long to become green."
    ),
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",),
    resources=("aws_cloudwatch_metric_alarm",),
    failing=alarm(**_CHANGES),
    passing=alarm(**_CHANGES, treat_missing_data='"notBreaching"'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look for such metrics, not wrapped into an expression."""
    if not resource.has("metric_name") or resource.text("treat_missing_data", "missing") != "missing":
        return
    for metric in of_alarm(resource):
        if metric.namespace == "AWS/DynamoDB" and metric.name in SPARSE:
            yield Problem(
                resource,
                "treat_missing_data",
                f"metric_name is {metric.name}, which is absent when all is well, and treat_missing_data is "
                f"{resource.text('treat_missing_data', 'missing')}.",
                fix='Set treat_missing_data = "notBreaching", or watch FILL(m, 0) in a metric_query.',
                also={"metric_name": metric.name},
            )
