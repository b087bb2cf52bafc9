"""Mappings of parameters that API Gateway cannot read, or of parameters that nobody has declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import API, DEPLOYMENT, METHOD, STAGE
from tercet.preflight.rules.apigateway._rest import METHOD as METHOD_TYPE
from tercet.preflight.rules.apigateway._rest import METHOD_RESPONSE, by_method, method_key
from tercet.preflight.values import is_known, shown

_INTEGRATION: Final = "aws_api_gateway_integration"
_RESPONSE: Final = "aws_api_gateway_integration_response"

_SOURCES: Final = {
    _INTEGRATION: re.compile(
        r"'.*'|(method\.request\.(multivalue)?(path|querystring|header)\..+)|method\.request\.body.*"
        r"|context\..+|stageVariables\..+",
        re.DOTALL,
    ),
    _RESPONSE: re.compile(
        r"'.*'|integration\.response\.((multivalue)?header\..+|body.*)|context\..+|stageVariables\..+", re.DOTALL
    ),
}
"""What a value can be mapped from: text in single quotes, or a part of the request or of the response."""

_DECLARED: Final = re.compile(r"method\.request\.(path|querystring|header)\..+", re.DOTALL)

_MOCK: Final = """
resource "aws_api_gateway_integration" "create" {
  rest_api_id       = aws_api_gateway_rest_api.payments.id
  resource_id       = aws_api_gateway_resource.payments.id
  http_method       = aws_api_gateway_method.create.http_method
  type              = "MOCK"
  request_templates = { "application/json" = jsonencode({ statusCode = 200 }) }
}

resource "aws_api_gateway_method_response" "ok" {
  rest_api_id         = aws_api_gateway_rest_api.payments.id
  resource_id         = aws_api_gateway_resource.payments.id
  http_method         = aws_api_gateway_method.create.http_method
  status_code         = "200"
  response_parameters = { "method.response.header.Access-Control-Allow-Origin" = true }
}

resource "aws_api_gateway_integration_response" "ok" {
  rest_api_id         = aws_api_gateway_rest_api.payments.id
  resource_id         = aws_api_gateway_resource.payments.id
  http_method         = aws_api_gateway_integration.create.http_method
  status_code         = aws_api_gateway_method_response.ok.status_code
  response_parameters = { "method.response.header.Access-Control-Allow-Origin" = "ORIGIN" }
}
"""

RULE = Rule(
    id="apigw-mapping-expression",
    title="A parameter is mapped from or to something that API Gateway does not know",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A parameter of an integration is mapped from a parameter that the method declares, a header of the answer to "
        "one that the method response declares; fixed text stands in single quotes inside the string. API Gateway "
        "refuses other mappings."
    ),
    aws_error=(
        "BadRequestException: Invalid mapping expression specified: Validation Result: warnings : [], errors : "
        "[Invalid mapping expression parameter specified: <parameter>]"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html",
        "https://repost.aws/knowledge-center/api-gateway-proxy-path-parameter-error",
        "https://github.com/aws/aws-cdk/issues/17318",
        "https://github.com/awslabs/aws-solutions-constructs/issues/1130",
    ),
    resources=(_INTEGRATION, _RESPONSE),
    failing=API + METHOD + _MOCK.replace("ORIGIN", "*") + DEPLOYMENT + STAGE,
    passing=API + METHOD + _MOCK.replace("ORIGIN", "'*'") + DEPLOYMENT + STAGE,
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look at each mapping by itself, then at what it needs of the method."""
    argument = "request_parameters" if resource.type == _INTEGRATION else "response_parameters"
    mappings = resource.mapping(argument)
    for key, value in mappings.items():
        if isinstance(value, str) and not _SOURCES[resource.type].fullmatch(value):
            yield Problem(
                resource,
                argument,
                f"{argument} maps {shown(key)} from {shown(value)}, which is neither text in single quotes nor a part "
                f"of the {'request' if resource.type == _INTEGRATION else 'response'}.",
                fix=f"Write \"'{value}'\" for the text itself.",
                aws_error=(
                    "BadRequestException: Invalid mapping expression specified: Validation Result: warnings : [], "
                    f"errors : [Invalid mapping expression specified: {shown(value)}]"
                ),
            )
    if resource.type == _INTEGRATION:
        needed = [value for value in mappings.values() if isinstance(value, str) and _DECLARED.fullmatch(value)]
        yield from _undeclared(resource, context, argument, needed, METHOD_TYPE, "request_parameters")
    else:
        needed = [key for key in mappings if str(key).startswith("method.response.header.")]
        yield from _undeclared(resource, context, argument, needed, METHOD_RESPONSE, "response_parameters")


def _undeclared(
    resource: Resource, context: Context, argument: str, needed: list[str], kind: str, declares: str
) -> Iterator[Problem]:
    key = method_key(resource) if needed else None
    if key is None:
        return
    status = resource.text("status_code") if kind == METHOD_RESPONSE else None
    parts = [one for one in by_method(context.graph, kind).known.get(key, ()) if _is_for(one, status)]
    if len(parts) != 1:
        return  # another rule speaks of those that are missing or double
    declared = parts[0].value(declares)
    if declared is not None and not isinstance(declared, dict):
        raise Undecidable(declares, f"what {parts[0].address} declares is not known")
    for parameter in needed:
        if parameter not in (declared or {}):
            yield Problem(
                resource,
                argument,
                f"{argument} uses {shown(parameter)}, and {parts[0].address} does not declare it in {declares}.",
                fix=f'Add "{parameter}" = true to {declares} of {parts[0].address}.',
                aws_error=(
                    "BadRequestException: Invalid mapping expression specified: Validation Result: warnings : [], "
                    f"errors : [Invalid mapping expression parameter specified: {shown(parameter)}]"
                ),
                also={"declared by": parts[0].address},
            )


def _is_for(part: Resource, status: str | None) -> bool:
    if status is None:
        return True
    value = part.value("status_code")
    return is_known(value) and str(value) == status
