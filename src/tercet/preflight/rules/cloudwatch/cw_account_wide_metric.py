"""Metrics of everything in the account."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm
from tercet.preflight.rules.cloudwatch._metrics import ACROSS_ALL, asked_for, place_of

RULE = Rule(
    id="cw-account-wide-metric",
    title="An alarm or widget on everything in the account",
    severity=Severity.ADVICE,
    rationale=(
        "Without dimensions, metrics of Lambda, RDS and EC2 are those of all functions, databases or instances of the "
        "account together, other teams' and environments' as well. One that is in trouble drowns in the average, and "
        "another's trouble rings here."
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html",),
    resources=("aws_cloudwatch_dashboard", "aws_cloudwatch_metric_alarm"),
    failing=alarm(dimensions=""),
    passing=alarm(),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look for metrics without dimensions."""
    for metric in asked_for(resource):
        if metric.namespace in ACROSS_ALL and not metric.dimensions:
            yield Problem(
                metric.at,
                place_of(resource, "dimensions"),
                f"{metric.where} is {metric.name} of {metric.namespace} without dimensions: that of everything in the "
                "account, and not of this deployment.",
                fix="Name the resource in the dimensions.",
                also={"metric": f"{metric.namespace} {metric.name}", "path": metric.where},
            )
