"""Methods and routes that ask nobody who may call them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import API, DEPLOYMENT, INTEGRATION, METHOD, STAGE

_WITH_AUTHORIZER: Final = frozenset(("COGNITO_USER_POOLS", "CUSTOM", "JWT"))
_METHOD: Final = METHOD.replace('"AWS_IAM"', '"COGNITO_USER_POOLS"')

RULE = Rule(
    id="apigw-authorizer-missing",
    title="Authorization by an authorizer that is not named",
    severity=Severity.APPLY_FAILS,
    rationale="With authorization CUSTOM, COGNITO_USER_POOLS or JWT a method or route names its authorizer.",
    aws_error=(
        "BadRequestException: Invalid authorizer ID specified. Setting the authorization type to CUSTOM or "
        "COGNITO_USER_POOLS requires a valid authorizer."
    ),
    sources=("https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethod.html",),
    resources=("aws_api_gateway_method", "aws_apigatewayv2_route"),
    failing=API + _METHOD + INTEGRATION + DEPLOYMENT + STAGE,
    passing=API
    + _METHOD.replace("\n}\n", "\n  authorizer_id = aws_api_gateway_authorizer.customers.id\n}\n")
    + """
resource "aws_api_gateway_authorizer" "customers" {
  name          = "customers-dev"
  rest_api_id   = aws_api_gateway_rest_api.payments.id
  type          = "COGNITO_USER_POOLS"
  provider_arns = ["arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEfGhI"]
}
"""
    + INTEGRATION
    + DEPLOYMENT
    + STAGE,
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look for the authorizer."""
    argument = "authorization" if resource.type == "aws_api_gateway_method" else "authorization_type"
    if resource.has("authorizer_id"):
        return
    kind = resource.text(argument)
    if kind in _WITH_AUTHORIZER:
        yield Problem(
            resource,
            "authorizer_id",
            f"{argument} is {kind} and authorizer_id is missing.",
            fix="Set authorizer_id to the authorizer's id.",
            also={argument: kind},
        )
