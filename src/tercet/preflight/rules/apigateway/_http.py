"""HTTP and WebSocket APIs, and an HTTP API with one route for the examples."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Resource
from tercet.preflight.rules._targets import made

API: Final = "aws_apigatewayv2_api"
INTEGRATION: Final = "aws_apigatewayv2_integration"
ROUTE: Final = "aws_apigatewayv2_route"
STAGE: Final = "aws_apigatewayv2_stage"


def http_api_of(part: Resource) -> Resource | None:
    """Return the HTTP API that a route or a stage belongs to; None where it is a WebSocket API or stands elsewhere.

    Raises
    ------
    Undecidable
        The API's protocol is not known.
    """
    apis = made(part, "api_id", API)
    return apis[0] if len(apis) == 1 and apis[0].text("protocol_type") == "HTTP" else None


EXAMPLE_API: Final = """
resource "aws_apigatewayv2_api" "payments" {
  name          = "payments-dev"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "payments" {
  api_id                 = aws_apigatewayv2_api.payments.id
  integration_type       = "AWS_PROXY"
  integration_uri        = "arn:aws:lambda:us-east-1:123456789012:function:payments-dev"
  payload_format_version = "2.0"
}
"""


def example_route(*lines: str, key: str = "POST /payments", target: str | None = None) -> str:
    """Write a route with more lines in it."""
    wired = '"integrations/${aws_apigatewayv2_integration.payments.id}"' if target is None else target
    given = [f"target    = {wired}", *lines] if wired else [*lines]
    more = "".join(f"  {line}\n" for line in given)
    return f"""
resource "aws_apigatewayv2_route" "create" {{
  api_id    = aws_apigatewayv2_api.payments.id
  route_key = "{key}"
{more}}}
"""


EXAMPLE_STAGE: Final = """
resource "aws_apigatewayv2_stage" "live" {
  api_id      = aws_apigatewayv2_api.payments.id
  name        = "$default"
  auto_deploy = true
}
"""
