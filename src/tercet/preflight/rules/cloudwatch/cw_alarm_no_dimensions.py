"""Alarms on metrics that do not exist without dimensions."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm
from tercet.preflight.rules.cloudwatch._metrics import ACCOUNT_METRICS, PER_RESOURCE, of_alarm

_CHANGES = {
    "alarm_name": '"payments-throttled-dev"',
    "namespace": '"AWS/DynamoDB"',
    "metric_name": '"WriteThrottleEvents"',
    "treat_missing_data": '"notBreaching"',
}

RULE = Rule(
    id="cw-alarm-no-dimensions",
    title="An alarm on a metric that does not exist without dimensions",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Most services publish a metric per resource, and a metric with other dimensions is another metric. Without "
        "dimensions there never are data, and the alarm never rings. Services that also publish a total for the whole "
        "account are not reported here."
    ),
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html",),
    resources=("aws_cloudwatch_metric_alarm",),
    failing=alarm(**_CHANGES, dimensions=""),
    passing=alarm(**_CHANGES, dimensions='{ TableName = "payments-sessions-dev" }'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look for dimensions where the namespace needs them."""
    for metric in of_alarm(resource):
        if metric.namespace in PER_RESOURCE and metric.name not in ACCOUNT_METRICS and not metric.dimensions:
            yield Problem(
                metric.at,
                "dimensions",
                f"{metric.where} is {metric.name} of {metric.namespace} without dimensions: there is no such metric, "
                "and the alarm never has data.",
                fix="Set dimensions to the resource that is to be watched.",
                also={"namespace": metric.namespace, "metric_name": metric.name},
            )
