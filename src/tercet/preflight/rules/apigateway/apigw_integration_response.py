"""Responses of integrations and methods that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import API, DEPLOYMENT, METHOD, STAGE
from tercet.preflight.rules.apigateway._rest import INTEGRATION, METHOD_RESPONSE, by_method, method_key

_MOCK = """
resource "aws_api_gateway_integration" "create" {
  rest_api_id       = aws_api_gateway_rest_api.payments.id
  resource_id       = aws_api_gateway_resource.payments.id
  http_method       = aws_api_gateway_method.create.http_method
  type              = "MOCK"
  request_templates = { "application/json" = jsonencode({ statusCode = 200 }) }
}

resource "aws_api_gateway_integration_response" "ok" {
  rest_api_id = aws_api_gateway_rest_api.payments.id
  resource_id = aws_api_gateway_resource.payments.id
  http_method = aws_api_gateway_integration.create.http_method
  status_code = "200"RESPONSE
}
"""
_METHOD_RESPONSE = """
resource "aws_api_gateway_method_response" "ok" {
  rest_api_id = aws_api_gateway_rest_api.payments.id
  resource_id = aws_api_gateway_resource.payments.id
  http_method = aws_api_gateway_method.create.http_method
  status_code = "200"
}
"""
_DEPENDS = "\n  depends_on  = [aws_api_gateway_method_response.ok]"

RULE = Rule(
    id="apigw-integration-response",
    title="A response of an integration whose integration or method response is missing",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An integration response belongs to an integration, and turns into a method response of the same status. "
        "API Gateway refuses it where one of them does not exist."
    ),
    aws_error="NotFoundException: Invalid Integration identifier specified",
    sources=("https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegrationResponse.html",),
    resources=("aws_api_gateway_integration_response",),
    failing=API + METHOD + _MOCK.replace("RESPONSE", "") + DEPLOYMENT + STAGE,
    passing=API + METHOD + _MOCK.replace("RESPONSE", _DEPENDS) + _METHOD_RESPONSE + DEPLOYMENT + STAGE,
)


@RULE.check
def check(response: Resource, context: Context) -> Iterator[Problem]:
    """Look for both by resource, method and status."""
    key = method_key(response)
    status = response.text("status_code")
    if key is None or response.graph.opaque_modules:
        raise Undecidable("http_method", "it is not known which method it is for, or a module may complete it")
    if not _has(context, INTEGRATION, key, None):
        yield Problem(
            response,
            "http_method",
            f"No aws_api_gateway_integration is for {key[1]} on {key[0]}.",
            fix="Add the integration.",
        )
    if not _has(context, METHOD_RESPONSE, key, status):
        yield Problem(
            response,
            "status_code",
            f"No aws_api_gateway_method_response is for {key[1]} on {key[0]} with status_code {status}.",
            fix=f"Add a method response with status_code {status}, and depend on it.",
            aws_error="NotFoundException: Invalid Response status code specified",
        )


def _has(context: Context, kind: str, key: tuple[str, str], status: str | None) -> bool:
    parts = by_method(context.graph, kind)
    if any(status is None or part.text("status_code") == status for part in parts.known.get(key, ())):
        return True
    for part in parts.unknown:
        raise Undecidable("http_method", f"it is not known which method {part.address} is for")
    return False
