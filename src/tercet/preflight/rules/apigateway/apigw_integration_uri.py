"""Integrations that do not say how to call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import API, DEPLOYMENT, INTEGRATION, METHOD, STAGE, URI, WHOLE
from tercet.preflight.values import Reference

_NEEDING_URI: Final = frozenset(("AWS", "AWS_PROXY", "HTTP", "HTTP_PROXY"))

RULE = Rule(
    id="apigw-integration-uri",
    title="An integration that does not say how to call",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An integration with a service or an HTTP endpoint has a URI and the method to call it with. That of a "
        "function is its invoke_arn, which holds API Gateway's path to it, not its ARN."
    ),
    aws_error="BadRequestException: AWS ARN for integration must contain path or action",
    sources=("https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html",),
    resources=("aws_api_gateway_integration",),
    failing=API
    + METHOD
    + INTEGRATION.replace(URI, "arn:aws:lambda:us-east-1:123456789012:function:payments")
    + DEPLOYMENT
    + STAGE,
    passing=WHOLE,
)


@RULE.check
def check(integration: Resource, _context: Context) -> Iterator[Problem]:
    """Look at URI and method."""
    kind = integration.text("type")
    if kind not in _NEEDING_URI:
        return
    if _is_plain_arn(integration):
        yield Problem(
            integration,
            "uri",
            f"uri is {integration.shown('uri')}, a function's ARN.",
            fix="Use the function's invoke_arn.",
            also={"type": kind},
        )
    for name, error in (
        ("integration_http_method", "BadRequestException: Enumeration value for HttpMethod must be non-empty"),
        ("uri", "BadRequestException: Invalid HTTP endpoint specified for URI"),
    ):
        if not integration.has(name):
            yield Problem(
                integration,
                name,
                f"type is {kind} and {name} is missing.",
                fix='Set integration_http_method = "POST".' if name != "uri" else "Give uri.",
                aws_error=error,
                also={"type": kind},
            )


def _is_plain_arn(integration: Resource) -> bool:
    uri = integration.value("uri")
    if isinstance(uri, str):
        return uri.startswith("arn:") and uri.split(":")[2:3] == ["lambda"]
    if not isinstance(uri, Reference) or uri.path != ("arn",) or integration.graph.kind == "plan":
        return False  # a plan does not say what was written around the reference
    return any(one.type in ("aws_lambda_function", "aws_lambda_alias") for one in integration.graph.find(uri.address))
