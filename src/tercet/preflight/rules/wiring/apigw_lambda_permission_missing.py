"""An API whose function API Gateway may not call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.documents import decode
from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.policies import functions_in
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._permissions import unpermitted
from tercet.preflight.values import Encoded, Template, Unknown, Value, walk

_SERVICE: Final = "apigateway.amazonaws.com"

_PLACES: Final = {
    "aws_api_gateway_integration": ("uri", "credentials"),
    "aws_api_gateway_authorizer": ("authorizer_uri", "authorizer_credentials"),
    "aws_apigatewayv2_integration": ("integration_uri", "credentials_arn"),
    "aws_apigatewayv2_authorizer": ("authorizer_uri", "authorizer_credentials_arn"),
}
"""Type → the argument that names the function, and the one that gives a role instead of a permission."""

_BODIES: Final = ("aws_api_gateway_rest_api", "aws_apigatewayv2_api")
_INTEGRATION: Final = "x-amazon-apigateway-integration"

_API = """
resource "aws_apigatewayv2_api" "payments" {
  name          = "payments-dev"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "payments" {
  api_id                 = aws_apigatewayv2_api.payments.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_function.processor.invoke_arn
  payload_format_version = "2.0"
}

resource "aws_apigatewayv2_route" "payments" {
  api_id             = aws_apigatewayv2_api.payments.id
  route_key          = "POST /payments"
  authorization_type = "AWS_IAM"
  target             = "integrations/${aws_apigatewayv2_integration.payments.id}"
}

resource "aws_apigatewayv2_stage" "payments" {
  api_id      = aws_apigatewayv2_api.payments.id
  name        = "$default"
  auto_deploy = true
}
""" + example.function(role=example.ELSEWHERE)

RULE = Rule(
    id="apigw-lambda-permission-missing",
    title="An API on a function that API Gateway may not call",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "API Gateway calls a function where the function's own policy lets apigateway.amazonaws.com, or with a role "
        "that the integration names. With neither, the API deploys and answers every call with 500."
    ),
    aws_error="500 Internal Server Error (at run time)",
    sources=(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#apigateway-permissions",
    ),
    resources=(*_PLACES, *_BODIES),
    failing=_API,
    passing=_API + example.permission(_SERVICE, '"${aws_apigatewayv2_api.payments.execution_arn}/*"'),
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look for a permission of each function."""
    consequence = "the API deploys, and answers with 500."
    if resource.type in _BODIES:
        found = list(
            unpermitted(resource, "body", _SERVICE, consequence, functions=_in_body(resource), source=resource)
        )
        if found and isinstance(body := resource.value("body"), Unknown):
            raise Undecidable("body", f"{body.because}, and whether its integrations have a role")
        yield from found
        return
    argument, role = _PLACES[resource.type]
    if not resource.has(role):
        api = resource.target("rest_api_id", _BODIES[0]) or resource.target("api_id", _BODIES[1])
        yield from unpermitted(resource, argument, _SERVICE, consequence, source=api)


def _in_body(api: Resource) -> list[Resource]:
    """Return the functions that an OpenAPI document integrates without a role."""
    body = api.value("body")
    if isinstance(body, Unknown):
        called = [one for one in body.references if one.path == ("invoke_arn",)]
        return [function for one in called for function in functions_in(api.graph, one)]
    if not isinstance(body, Encoded | Template):
        return []
    found: dict[str, Resource] = {}
    for one in walk(decode(body)):
        integration: Value = one.get(_INTEGRATION) if isinstance(one, dict) else None
        if isinstance(integration, dict) and not integration.get("credentials"):
            found.update({function.address: function for function in functions_in(api.graph, integration.get("uri"))})
    return list(found.values())
