"""Logs that the account does not let API Gateway write."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import WHOLE

_LOGGED = (
    WHOLE
    + """
resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.payments.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  method_path = "*/*"

  settings {
    logging_level = "ERROR"
  }
}
"""
)

RULE = Rule(
    id="apigw-logging-no-account-role",
    title="API logs without a role for them in the account's settings",
    severity=Severity.ADVICE,
    rationale=(
        "API Gateway writes logs with a role that is set once per account and region, by aws_api_gateway_account. In "
        "an account where nobody has set it, the stage's settings are refused. It may have been set elsewhere, so "
        "this is advice."
    ),
    aws_error="BadRequestException: CloudWatch Logs role ARN must be set in account settings to enable logging",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html",
        "https://github.com/aws-samples/serverless-patterns/issues/620",
    ),
    resources=("aws_api_gateway_method_settings", "aws_api_gateway_stage"),
    failing=_LOGGED,
    passing=_LOGGED
    + """
resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = "arn:aws:iam::123456789012:role/api-gateway-logs"
}
""",
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look for logging, and for the account's settings."""
    if context.graph.of_type("aws_api_gateway_account"):
        return
    argument = None
    if resource.type == "aws_api_gateway_stage":
        argument = "access_log_settings" if resource.blocks("access_log_settings") else None
    elif any(block.text("logging_level") in ("ERROR", "INFO") for block in resource.blocks("settings")):
        argument = "settings"
    if argument is not None:
        yield Problem(
            resource,
            argument,
            "The stage writes logs, and no aws_api_gateway_account in the configuration gives API Gateway a role.",
            fix="Add aws_api_gateway_account with cloudwatch_role_arn, unless the account has it.",
        )
