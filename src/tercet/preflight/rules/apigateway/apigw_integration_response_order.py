"""Responses that Terraform may make too early."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._order import waits_for
from tercet.preflight.rules.apigateway._rest import INTEGRATION, by_method, method_key
from tercet.preflight.rules.apigateway.apigw_integration_response import RULE as EXISTING

_UNORDERED = EXISTING.passing.replace(
    "http_method = aws_api_gateway_integration.create.http_method",
    "http_method = aws_api_gateway_method.create.http_method",
)

RULE = Rule(
    id="apigw-integration-response-order",
    title="An integration's response that does not wait for the integration",
    severity=Severity.ADVICE,
    rationale=(
        "Terraform makes an integration response as soon as what it refers to is there. Without a reference to the "
        "integration, or depends_on, it may be made before it, and fails then; the next apply succeeds."
    ),
    aws_error="NotFoundException: Invalid Integration identifier specified",
    sources=("https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegrationResponse.html",),
    resources=("aws_api_gateway_integration_response",),
    failing=_UNORDERED,
    passing=EXISTING.passing,
)


@RULE.check
def check(response: Resource, context: Context) -> Iterator[Problem]:
    """Look for the integration among what the response waits for."""
    key = method_key(response)
    if key is None:
        return
    integrations = by_method(context.graph, INTEGRATION).known.get(key, [])
    if integrations and not waits_for(response, integrations):
        yield Problem(
            response,
            "http_method",
            f"Nothing makes Terraform create {integrations[0].address} before this response of it.",
            fix=f"Use http_method = {integrations[0].address}.http_method.",
        )
