"""Methods behind which there is nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import API, DEPLOYMENT, INTEGRATION, METHOD, STAGE, WHOLE
from tercet.preflight.rules.apigateway._rest import DEPLOYMENT as DEPLOYMENT_TYPE
from tercet.preflight.rules.apigateway._rest import INTEGRATION as INTEGRATION_TYPE
from tercet.preflight.rules.apigateway._rest import by_method, method_key

_SECOND = """
resource "aws_api_gateway_method" "read" {
  rest_api_id   = aws_api_gateway_rest_api.payments.id
  resource_id   = aws_api_gateway_resource.payments.id
  http_method   = "GET"
  authorization = "AWS_IAM"
}
"""

RULE = Rule(
    id="apigw-method-no-integration",
    title="A method without an integration",
    severity=Severity.APPLY_FAILS,
    rationale="An API with a method that has no integration cannot be deployed.",
    aws_error="BadRequestException: No integration defined for method",
    sources=(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-method-settings.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/21210",
    ),
    resources=("aws_api_gateway_method",),
    failing=API + METHOD + _SECOND + INTEGRATION + DEPLOYMENT + STAGE,
    passing=WHOLE,
)


@RULE.check
def check(method: Resource, context: Context) -> Iterator[Problem]:
    """Look for the integration, where the API is deployed."""
    if not context.graph.of_type(DEPLOYMENT_TYPE) or method.referrers(INTEGRATION_TYPE):
        return
    key = method_key(method)
    if key is None:
        raise Undecidable("resource_id", "it is not known which resource and HTTP method it is for")
    integrations = by_method(context.graph, INTEGRATION_TYPE)
    if key in integrations.known:
        return
    for integration in integrations.unknown:
        raise Undecidable("http_method", f"it is not known which method {integration.address} is for")
    if method.is_passed_out() or method.graph.opaque_modules:
        raise Undecidable("integration", "a module whose source is not here may make it")
    yield Problem(
        method,
        "http_method",
        f"No aws_api_gateway_integration is for {key[1]} on {key[0]}: the API cannot be deployed.",
        fix="Add an integration for the method.",
    )
