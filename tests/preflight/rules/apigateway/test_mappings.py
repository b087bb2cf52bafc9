"""Near misses of the rules of mappings, deployments, authorizers and HTTP APIs."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
API = block("aws_api_gateway_rest_api", "api", 'name = "payments-dev"')
HTTP = block("aws_apigatewayv2_api", "api", 'name = "payments-dev"\nprotocol_type = "HTTP"')
SOCKET = block("aws_apigatewayv2_api", "api", 'name = "payments-dev"\nprotocol_type = "WEBSOCKET"')
PLACE = """
  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_rest_api.api.root_resource_id
"""


def method(more: str = "") -> str:
    return block("aws_api_gateway_method", "get", f'{PLACE}\nhttp_method = "GET"\nauthorization = "NONE"\n{more}')


def integration(parameters: str) -> str:
    return block(
        "aws_api_gateway_integration",
        "get",
        f'{PLACE}\nhttp_method = aws_api_gateway_method.get.http_method\ntype = "HTTP_PROXY"\n'
        f'integration_http_method = "GET"\nuri = "https://example.com"\nrequest_parameters = {parameters}',
    )


ID = '{ "integration.request.path.id" = "method.request.path.id" }'
DECLARED = 'request_parameters = { "method.request.path.id" = true }'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (method() + integration(ID), FOUND),
        (method(DECLARED) + integration(ID), SILENT),
        (method("request_parameters = var.unknown") + UNKNOWN + integration(ID), UNDECIDED),
        (method() + integration("var.unknown") + UNKNOWN, UNDECIDED),
        (integration(ID), SILENT),
        (method() + integration('{ "integration.request.header.X-Mode" = "\'sync\'" }'), SILENT),
        (method() + integration('{ "integration.request.header.X-Mode" = "sync" }'), FOUND),
        (method() + integration('{ "integration.request.header.X-Mode" = "context.requestId" }'), SILENT),
        (method() + integration('{ "integration.request.header.X-Mode" = "stageVariables.mode" }'), SILENT),
        (method() + integration('{ "integration.request.header.X-Mode" = var.unknown }') + UNKNOWN, SILENT),
        (method() + integration('{ "integration.request.header.X" = "method.request.body.x" }'), SILENT),
    ],
)
def test_mappings(text: str, expected: str) -> None:
    assert verdict("apigw-mapping-expression", API + text) == expected


DEPLOYMENT = "rest_api_id = aws_api_gateway_rest_api.api.id\n"


def deployment(more: str = "") -> str:
    return block("aws_api_gateway_deployment", "d", DEPLOYMENT + more)


def private(more: str = "") -> str:
    return block(
        "aws_api_gateway_rest_api",
        "api",
        f'name = "payments-dev"\nendpoint_configuration {{\n  types = ["PRIVATE"]\n}}\n{more}',
    )


POLICY = block("aws_api_gateway_rest_api_policy", "p", 'rest_api_id = aws_api_gateway_rest_api.api.id\npolicy = "{}"')
WAITING = "depends_on = [aws_api_gateway_rest_api_policy.p]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (API + deployment(), FOUND),
        (API + method() + deployment(), SILENT),
        (API + deployment("count = 0"), SILENT),
        (API + method().replace("aws_api_gateway_rest_api.api.id", "var.unknown") + UNKNOWN + deployment(), UNDECIDED),
        (private() + method() + deployment(), FOUND),
        (private('policy = "{}"') + method() + deployment(), SILENT),
        (private("policy = var.unknown") + UNKNOWN + method() + deployment(), SILENT),
        (private() + POLICY + method() + deployment(), FOUND),
        (private() + POLICY + method() + deployment(WAITING), SILENT),
        (private("body = var.unknown") + UNKNOWN + deployment(), UNDECIDED),
        (private('body = jsonencode({ "x-amazon-apigateway-policy" = {} })') + deployment(), SILENT),
        (private().replace('"PRIVATE"', "var.unknown") + UNKNOWN + method() + deployment(), UNDECIDED),
    ],
)
def test_deployments(text: str, expected: str) -> None:
    assert verdict("apigw-deployment-refused", text) == expected


def authorizer(more: str) -> str:
    return block("aws_apigatewayv2_authorizer", "a", f'api_id = aws_apigatewayv2_api.api.id\nname = "users"\n{more}')


REQUEST = 'authorizer_type = "REQUEST"\nauthorizer_uri = "arn:aws:apigateway:us-east-1:lambda:path/x"'
POOL = block("aws_cognito_user_pool", "users", 'name = "users"')


def issued_by(issuer: str) -> str:
    return POOL + authorizer(f'authorizer_type = "JWT"\njwt_configuration {{\n  issuer = {issuer}\n}}')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HTTP + authorizer(REQUEST), FOUND),
        (SOCKET + authorizer(REQUEST), SILENT),
        (HTTP + authorizer(REQUEST + '\nauthorizer_payload_format_version = "2.0"'), SILENT),
        (HTTP + authorizer(REQUEST + "\nauthorizer_payload_format_version = var.unknown") + UNKNOWN, SILENT),
        (HTTP + issued_by("aws_cognito_user_pool.users.endpoint"), FOUND),
        (HTTP + issued_by('"https://${aws_cognito_user_pool.users.endpoint}"'), SILENT),
        (HTTP + issued_by("var.unknown") + UNKNOWN, SILENT),
        (HTTP + issued_by('"https://login.example.com"'), SILENT),
        (HTTP + authorizer('authorizer_type = "JWT"'), FOUND),
    ],
)
def test_authorizers(text: str, expected: str) -> None:
    assert verdict("apigw-authorizer-arguments", text) == expected


def stage(settings: str) -> str:
    more = f"default_route_settings {{\n{settings}\n}}" if settings else ""
    return HTTP + block("aws_apigatewayv2_stage", "s", f'api_id = aws_apigatewayv2_api.api.id\nname = "live"\n{more}')


LIMITS = "throttling_rate_limit = 10\nthrottling_burst_limit = 10"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (stage("detailed_metrics_enabled = true"), FOUND),
        (stage(LIMITS), SILENT),
        (stage("throttling_rate_limit = 10"), FOUND),
        (stage(""), SILENT),
        (stage("throttling_rate_limit = var.unknown\nthrottling_burst_limit = 10") + UNKNOWN, SILENT),
    ],
)
def test_throttling(text: str, expected: str) -> None:
    assert verdict("apigwv2-stage-throttled", text) == expected


def step(name: str, part: str, parent: str = "aws_api_gateway_rest_api.api.root_resource_id") -> str:
    return block(
        "aws_api_gateway_resource",
        name,
        f"rest_api_id = aws_api_gateway_rest_api.api.id\nparent_id = {parent}\npath_part = {part}",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (step("a", '"{id}"') + step("b", '"{proxy+}"'), FOUND),
        (step("a", '"{id}"') + step("b", '"orders"'), SILENT),
        (step("a", '"{id}"') + step("b", '"{proxy+}"', "aws_api_gateway_resource.a.id"), SILENT),
        (step("a", '"{id}"') + step("b", "var.unknown") + UNKNOWN, SILENT),
        (step("a", '"{id}"') + step("b", '"{proxy+}"', "var.unknown") + UNKNOWN, SILENT),
    ],
)
def test_parameters_beside_each_other(text: str, expected: str) -> None:
    assert verdict("apigw-path-part", API + text) == expected
