"""Integrations that an HTTP API does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._http import EXAMPLE_STAGE, INTEGRATION, example_route, http_api_of
from tercet.preflight.values import Reference, Text

_TYPES: Final = ("AWS_PROXY", "HTTP_PROXY")
_BALANCERS: Final = ("aws_lb", "aws_alb", "aws_lb_target_group", "aws_alb_target_group")


def _whole(version: str) -> str:
    return (
        f"""
resource "aws_apigatewayv2_api" "payments" {{
  name          = "payments-dev"
  protocol_type = "HTTP"
}}

resource "aws_apigatewayv2_integration" "payments" {{
  api_id                 = aws_apigatewayv2_api.payments.id
  integration_type       = "HTTP_PROXY"
  integration_method     = "POST"
  integration_uri        = "https://payments.example.com"
  payload_format_version = "{version}"
}}
"""
        + example_route('authorization_type = "AWS_IAM"')
        + EXAMPLE_STAGE
    )


RULE = Rule(
    id="apigwv2-integration-arguments",
    title="An integration that an HTTP API does not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An HTTP API passes requests on to a function or a service, or to an HTTP endpoint; the other types are of "
        "WebSocket APIs. Version 2.0 of the payload is for functions. Through a VPC link it goes to a listener or to "
        "a service of Cloud Map, which are named by their ARNs."
    ),
    aws_error="BadRequestException: <argument> is not supported by the integration",
    sources=("https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html",),
    resources=(INTEGRATION,),
    failing=_whole("2.0"),
    passing=_whole("1.0"),
)


@RULE.check
def check(integration: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the arguments with the API's protocol and the integration's type."""
    if http_api_of(integration) is None:
        return
    kind = integration.text("integration_type")
    if kind not in _TYPES:
        yield Problem(
            integration,
            "integration_type",
            f"integration_type is {kind}, which only WebSocket APIs have, and the API is an HTTP API.",
            fix="Write HTTP_PROXY for an endpoint, AWS_PROXY for a function.",
        )
        return
    if kind == "HTTP_PROXY" and integration.value("payload_format_version") == "2.0":
        yield Problem(
            integration,
            "payload_format_version",
            "payload_format_version is 2.0, which is for functions, and the integration is an HTTP_PROXY.",
            fix='Write "1.0", or remove it.',
        )
    if integration.value("connection_type") == "VPC_LINK" and (balancer := _balancer(integration)) is not None:
        yield Problem(
            integration,
            "integration_uri",
            f"integration_uri is {integration.shown('integration_uri')}, and a VPC link goes to a listener: "
            f"{balancer.address} is none.",
            fix="Name the arn of an aws_lb_listener, or of a Cloud Map service.",
            aws_error=(
                "BadRequestException: For VpcLink <id>, integration uri should be a valid ELB listener ARN or a valid "
                "Cloud Map service ARN."
            ),
        )


def _balancer(integration: Resource) -> Resource | None:
    uri = integration.value("integration_uri")
    references = uri.references if isinstance(uri, Text) else (uri,) if isinstance(uri, Reference) else ()
    for reference in references if len(references) == 1 else ():
        for found in integration.graph.find(reference.address):
            if found.type in _BALANCERS:
                return found
    return None
