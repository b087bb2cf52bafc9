"""A subscription filter whose function CloudWatch Logs may not call."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._permissions import unpermitted

_FILTER = """
resource "aws_cloudwatch_log_group" "api" {
  name              = "/payments/api-dev"
  retention_in_days = 30
}

resource "aws_cloudwatch_log_subscription_filter" "api" {
  name            = "payments-api-dev"
  log_group_name  = aws_cloudwatch_log_group.api.name
  filter_pattern  = "ERROR"
  destination_arn = aws_lambda_function.processor.arn
  %s
}
""" + example.function(role=example.ELSEWHERE)

RULE = Rule(
    id="logs-lambda-permission-missing",
    title="A subscription filter on a function that CloudWatch Logs may not call",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "CloudWatch Logs tries the function when the filter is made, and refuses it where the function's own policy "
        "does "
        "not let logs.amazonaws.com (or the region's principal)."
    ),
    aws_error=(
        "InvalidParameterException: Could not execute the lambda function. Make sure you have given CloudWatch Logs "
        "permission to execute your function."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample",
    ),
    resources=("aws_cloudwatch_log_subscription_filter",),
    failing=_FILTER % "",
    passing=_FILTER % "depends_on = [aws_lambda_permission.invoke]"
    + example.permission("logs.amazonaws.com", '"${aws_cloudwatch_log_group.api.arn}:*"'),
)


@RULE.check
def check(one: Resource, _: Context) -> Iterator[Problem]:
    """Look for a permission of the function."""
    yield from unpermitted(one, "destination_arn", "logs.amazonaws.com", "CloudWatch Logs refuses the filter.")
