"""Namespaces that AWS does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.knowledge import metrics
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudwatch._examples import alarm
from tercet.preflight.rules.cloudwatch._metrics import asked_for, place_of

MEANT: Final = {
    "aws/alb": "AWS/ApplicationELB",
    "aws/aurora": "AWS/RDS",
    "aws/cloudwatchevents": "AWS/Events",
    "aws/eventbridge": "AWS/Events",
    "aws/loadbalancer": "AWS/ApplicationELB",
    "aws/nat": "AWS/NATGateway",
    "aws/nlb": "AWS/NetworkELB",
    "aws/sfn": "AWS/States",
    "aws/stepfunction": "AWS/States",
    "aws/stepfunctions": "AWS/States",
    "aws/waf2": "AWS/WAFV2",
}

_CHANGES = {
    "metric_name": '"ExecutionsFailed"',
    "dimensions": '{ StateMachineArn = "arn:aws:states:us-east-1:123456789012:stateMachine:payments-dev" }',
}

RULE = Rule(
    id="cw-unknown-namespace",
    title="An alarm or widget on a namespace that AWS does not have",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "AWS's namespaces have names of their own, such as AWS/States for Step Functions and AWS/Events for "
        "EventBridge, and are compared letter by letter. Nobody else can publish to AWS/…, so that a metric there "
        "never has data. Only names that are known to be meant for another are reported."
    ),
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html",),
    resources=("aws_cloudwatch_dashboard", "aws_cloudwatch_metric_alarm"),
    failing=alarm(**_CHANGES, namespace='"AWS/StepFunctions"'),
    passing=alarm(**_CHANGES, namespace='"AWS/States"'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look each namespace up."""
    for metric in asked_for(resource):
        if not metric.namespace.lower().startswith("aws/") or metric.namespace in metrics.namespaces():
            continue
        lower = metric.namespace.lower()
        meant = MEANT.get(lower) or next((one for one in metrics.namespaces() if one.lower() == lower), None)
        if meant is not None:
            yield Problem(
                metric.at,
                place_of(resource, "namespace"),
                f"{metric.where} is of {metric.namespace}, which does not exist: {meant} is meant.",
                fix=f"Write {meant}.",
                also={"namespace": metric.namespace, "metric": metric.name},
            )
