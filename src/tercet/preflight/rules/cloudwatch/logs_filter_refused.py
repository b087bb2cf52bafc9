"""Metric and subscription filters that CloudWatch Logs does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import completions
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import made
from tercet.preflight.values import is_known

_GROUP: Final = "aws_cloudwatch_log_group"
_METRIC: Final = "aws_cloudwatch_log_metric_filter"
_SUBSCRIPTION: Final = "aws_cloudwatch_log_subscription_filter"
_STREAMS: Final = ("aws_kinesis_stream", "aws_kinesis_firehose_delivery_stream")
_FUNCTIONS: Final = ("aws_lambda_function", "aws_lambda_alias")
_MOST: Final = 2

_FILTER = """
resource "aws_cloudwatch_log_group" "payments" {
  name              = "payments-dev"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_metric_filter" "errors" {
  name           = "errors"
  log_group_name = aws_cloudwatch_log_group.payments.name
  pattern        = "{ $.level = \\"ERROR\\" }"

  metric_transformation {
    name          = "Errors"
    namespace     = "Payments"
    value         = "1"
    REST
  }
}
"""

RULE = Rule(
    id="logs-filter-refused",
    title="A filter that CloudWatch Logs does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A metric with dimensions has no default value, for which values of theirs would it be. A log group of "
        "infrequent access has no filters at all, any other two subscriptions at most. Streams are written to with a "
        "role, functions are called without."
    ),
    aws_error=(
        "InvalidParameterException: Invalid metric transformation: dimensions and default value are mutually exclusive "
        "properties."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html",
        "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html",
        "https://github.com/aws-solutions-library-samples/guidance-for-claude-code-with-amazon-bedrock/pull/632",
    ),
    resources=(_METRIC, _SUBSCRIPTION, _GROUP),
    failing=_FILTER.replace("REST", 'default_value = "0"\n    dimensions    = { Shop = "$.shop" }'),
    passing=_FILTER.replace("REST", 'dimensions    = { Shop = "$.shop" }'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the filter and at its log group."""
    if resource.type == _GROUP:
        yield from _too_many(resource)
        return
    for group in made(resource, "log_group_name", _GROUP):
        kind = group.value("log_group_class")
        if kind in ("INFREQUENT_ACCESS", "DELIVERY"):
            yield Problem(
                resource,
                "log_group_name",
                f"{group.address} is of the class {kind}, which has no filters.",
                fix=f'Set log_group_class = "STANDARD" on {group.address}, or remove the filter.',
                aws_error="InvalidOperationException: the log group's class does not support this operation",
                also={"log_group_class": str(kind)},
            )
    yield from _transformations(resource) if resource.type == _METRIC else _role(resource)


def _transformations(resource: Resource) -> Iterator[Problem]:
    for transformation in resource.blocks("metric_transformation"):
        dimensions = transformation.value("dimensions")
        default = transformation.value("default_value")
        if isinstance(dimensions, dict) and dimensions and is_known(default) and default not in (None, ""):
            yield Problem(
                transformation,
                "default_value",
                f"default_value is {transformation.shown('default_value')}, and the metric has dimensions.",
                fix="Remove default_value, or the dimensions.",
                also={"dimensions": transformation.shown("dimensions")},
            )


def _role(resource: Resource) -> Iterator[Problem]:
    if made(resource, "destination_arn", *_STREAMS) or _literally(resource, "kinesis", "firehose"):
        if not resource.has("role_arn"):
            yield Problem(
                resource,
                "role_arn",
                f"{resource.shown('destination_arn')} is a stream, and role_arn is missing.",
                fix="Set role_arn to a role that logs.amazonaws.com may assume and that may write to the stream.",
                aws_error="InvalidParameterException: destinationArn for a stream cannot be used without roleArn",
            )
    elif (made(resource, "destination_arn", *_FUNCTIONS) or _literally(resource, "lambda")) and resource.has(
        "role_arn"
    ):
        yield Problem(
            resource,
            "role_arn",
            f"{resource.shown('destination_arn')} is a function, and role_arn is {resource.shown('role_arn')}.",
            fix="Remove role_arn; an aws_lambda_permission lets CloudWatch Logs call the function.",
            aws_error="InvalidParameterException: destinationArn for vendor lambda cannot be used with roleArn",
        )


def _literally(resource: Resource, *services: str) -> bool:
    value = resource.value("destination_arn")
    return isinstance(value, str) and value.startswith("arn:") and value.split(":")[2] in services


def _too_many(group: Resource) -> Iterator[Problem]:
    found = completions(group.graph, _SUBSCRIPTION, "log_group_name", _GROUP).of(group, [group.value("name")])[0]
    certain = [one for one in found if not one.many]
    if not group.many and len(certain) > _MOST:
        yield Problem(
            certain[_MOST],
            "log_group_name",
            f"{len(certain)} subscription filters are on {group.address}; a log group has {_MOST} at most.",
            fix="Send the logs to one stream or function that passes them on.",
            aws_error="LimitExceededException: Resource limit exceeded.",
            also={"filters": str(len(certain))},
        )
