"""Metrics that a namespace does not have."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.knowledge import metrics
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm
from tercet.preflight.rules.cloudwatch._metrics import Metric, asked_for, place_of

_CHANGES = {"namespace": '"AWS/ApiGateway"', "dimensions": '{ ApiName = "payments-dev" }'}

RULE = Rule(
    id="cw-alarm-unknown-metric",
    title="An alarm or widget on a metric that its namespace does not have",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Names of metrics are compared letter by letter, and a name that nobody publishes is a metric without data: "
        "the alarm stays at INSUFFICIENT_DATA, the widget is empty. A name is reported only where it differs from a "
        "metric of the namespace in case, signs or a final s, or where the namespace's list is whole, because AWS adds "
        "metrics."
    ),
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",),
    resources=("aws_cloudwatch_dashboard", "aws_cloudwatch_metric_alarm"),
    failing=alarm(**_CHANGES, metric_name='"5xxError"'),
    passing=alarm(**_CHANGES, metric_name='"5XXError"'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look each metric up."""
    for metric in asked_for(resource):
        if metrics.is_metric(metric.namespace, metric.name):
            continue
        meant = _meant(metric)
        if meant is not None or metrics.is_metric(metric.namespace, metric.name) is False:
            yield Problem(
                metric.at,
                place_of(resource, "metric_name"),
                f"{metric.where} is {metric.name}, which {metric.namespace} does not publish"
                + (f": it publishes {meant}." if meant else "."),
                fix=f"Write {meant}." if meant else f"Name a metric of {metric.namespace}.",
                also={"namespace": metric.namespace, "metric": metric.name},
            )


def _meant(metric: Metric) -> str | None:
    if (meant := metrics.meant(metric.namespace, metric.name)) is not None:
        return meant
    other = metric.name.removesuffix("s") if metric.name.endswith("s") else f"{metric.name}s"
    return other if metrics.is_metric(metric.namespace, other) else None
