"""Credentials for every origin."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._http import EXAMPLE_STAGE, example_route


def _api(origin: str) -> str:
    return (
        f"""
resource "aws_apigatewayv2_api" "payments" {{
  name          = "payments-dev"
  protocol_type = "HTTP"

  cors_configuration {{
    allow_credentials = true
    allow_methods     = ["POST"]
    allow_origins     = ["{origin}"]
  }}
}}

resource "aws_apigatewayv2_integration" "payments" {{
  api_id                 = aws_apigatewayv2_api.payments.id
  integration_type       = "AWS_PROXY"
  integration_uri        = "arn:aws:lambda:us-east-1:123456789012:function:payments-dev"
  payload_format_version = "2.0"
}}
"""
        + example_route('authorization_type = "AWS_IAM"')
        + EXAMPLE_STAGE
    )


RULE = Rule(
    id="apigwv2-cors-credentials",
    title="Credentials are allowed for every origin",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A browser sends credentials only where the answer names its origin. An HTTP API that allows them for the "
        "origin * is refused."
    ),
    aws_error="BadRequestException: allow-credentials is not supported if 'allow-origin' is *",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html",
        "https://github.com/aws/aws-cdk/issues/9076",
    ),
    resources=("aws_apigatewayv2_api",),
    failing=_api("*"),
    passing=_api("https://shop.example.com"),
)


@RULE.check
def check(api: Resource, _context: Context) -> Iterator[Problem]:
    """Look for both in one block."""
    for cors in api.blocks("cors_configuration"):
        origins = cors.value("allow_origins")
        if isinstance(origins, list) and "*" in origins and cors.flag("allow_credentials", False):
            yield Problem(
                cors,
                "allow_credentials",
                "allow_credentials is true and allow_origins has *: API Gateway refuses the API.",
                fix="Name the origins, or set allow_credentials = false.",
                also={"allow_origins": cors.shown("allow_origins")},
            )
