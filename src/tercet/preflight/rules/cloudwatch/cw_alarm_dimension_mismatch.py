"""Dimensions under which a metric has no data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.knowledge import metrics
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm
from tercet.preflight.rules.cloudwatch._metrics import Metric, asked_for, place_of

WELL_KNOWN: Final = frozenset(
    (
        "AWS/ApiGateway",
        "AWS/ApplicationELB",
        "AWS/DynamoDB",
        "AWS/Lambda",
        "AWS/NATGateway",
        "AWS/NetworkELB",
        "AWS/RDS",
        "AWS/SNS",
        "AWS/SQS",
        "AWS/States",
    )
)
"""Namespaces of which all names of dimensions are known."""

# Metrics of API Gateway that REST APIs alone have, by ApiName, and that HTTP and WebSocket APIs alone have, by ApiId.
_REST: Final = frozenset(("4XXError", "5XXError", "CacheHitCount", "CacheMissCount"))
_HTTP: Final = frozenset(
    ("4xx", "5xx", "ClientError", "ConnectCount", "DataProcessed", "ExecutionError", "MessageCount")
)
# Metrics of load balancers that exist per target group only.
_PER_GROUP: Final = frozenset(("HealthyHostCount", "UnHealthyHostCount"))

_CHANGES = {"namespace": '"AWS/RDS"', "metric_name": '"CPUUtilization"', "threshold": "80", "statistic": '"Average"'}

RULE = Rule(
    id="cw-alarm-dimension-mismatch",
    title="An alarm or widget with dimensions that its metric does not have",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A metric under other dimensions is another metric, and one that nobody publishes has no data: the alarm stays "
        "at INSUFFICIENT_DATA for ever. Reported are names that no metric of the namespace has, metrics of REST APIs "
        "by ApiId and of HTTP APIs by ApiName, and host counts without their target group."
    ),
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",),
    resources=("aws_cloudwatch_dashboard", "aws_cloudwatch_metric_alarm"),
    failing=alarm(**_CHANGES, dimensions='{ DBInstanceId = "payments-dev" }'),
    passing=alarm(**_CHANGES, dimensions='{ DBInstanceIdentifier = "payments-dev" }'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the names of each metric's dimensions."""
    for metric in asked_for(resource):
        if metric.namespace not in WELL_KNOWN or not metric.dimensions or not _named(metric):
            continue
        what, fix = _wrong(metric)
        if what:
            yield Problem(
                metric.at,
                place_of(resource, "dimensions"),
                f"{metric.where} is {metric.name} of {metric.namespace} with {', '.join(sorted(metric.dimensions))}: "
                f"{what}, and it never has data.",
                fix=fix,
                also={"namespace": metric.namespace, "metric": metric.name},
            )


def _named(metric: Metric) -> bool:
    return not any("*" in name or "${" in name for name in metric.dimensions)


def _wrong(metric: Metric) -> tuple[str, str]:
    names = metrics.dimension_names(metric.namespace)
    # Some metrics have dimensions of their own.
    for one in metrics.dimension_sets(metric.namespace, metric.name):
        names = names | one
    unknown = sorted(set(metric.dimensions) - names)
    if names and unknown:
        alike = [name for name in names if _plain(name) == _plain(unknown[0])]
        return (
            f"{unknown[0]} is no dimension of this namespace",
            f"Write {alike[0]}." if alike else f"Use some of {', '.join(sorted(names))}.",
        )
    if metric.namespace == "AWS/ApiGateway":
        if metric.name in _REST and "ApiId" in metric.dimensions and "ApiName" not in metric.dimensions:
            return "REST APIs publish it by ApiName", "Use ApiName with the API's name; HTTP APIs have 4xx and 5xx."
        if metric.name in _HTTP and "ApiName" in metric.dimensions:
            return "HTTP APIs publish it by ApiId", "Use ApiId with the API's id; REST APIs have 4XXError and 5XXError."
    if metric.name in _PER_GROUP and "ELB" in metric.namespace and "TargetGroup" not in metric.dimensions:
        return "it exists per target group", "Add TargetGroup with the target group's arn_suffix."
    return "", ""


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
