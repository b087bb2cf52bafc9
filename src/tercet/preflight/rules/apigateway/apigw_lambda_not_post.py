"""Functions that are called with another method than POST."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import API, DEPLOYMENT, INTEGRATION, METHOD, STAGE, WHOLE
from tercet.preflight.rules.apigateway._rest import function_in

RULE = Rule(
    id="apigw-lambda-not-post",
    title="A function's integration with another method than POST",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "integration_http_method is how API Gateway calls Lambda, and not how the client calls the API: Lambda is "
        "invoked with POST. With another method the API deploys, and every call is answered with an error."
    ),
    sources=(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-create-api-as-simple-proxy-for-lambda.html",
    ),
    resources=("aws_api_gateway_integration",),
    failing=API
    + METHOD
    + INTEGRATION.replace('integration_http_method = "POST"', 'integration_http_method = "GET"')
    + DEPLOYMENT
    + STAGE,
    passing=WHOLE,
)


@RULE.check
def check(integration: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the method of integrations with functions."""
    if integration.text("type") not in ("AWS", "AWS_PROXY") or not integration.has("integration_http_method"):
        return
    uri = integration.value("uri")
    to_lambda = function_in(integration, uri) is not None or (isinstance(uri, str) and ":lambda:path/" in uri)
    method = integration.text("integration_http_method") if to_lambda else "POST"
    if method != "POST":
        yield Problem(
            integration,
            "integration_http_method",
            f"integration_http_method is {method} and uri is a function: Lambda is invoked with POST only.",
            fix='Set integration_http_method = "POST".',
        )
