"""Near misses of the rules of API Gateway."""

from __future__ import annotations

import json

import pytest

from tercet.preflight.rules.apigateway import _examples as rest
from tercet.preflight.rules.apigateway import _http as http
from tests.preflight.checking import check_json, found
from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
FUNCTION = block(
    "aws_lambda_function",
    "f",
    'function_name = "f"\nrole = "arn:aws:iam::1:role/f"\ns3_bucket = "b"\ns3_key = "k"\n'
    'handler = "a.b"\nruntime = "python3.13"\ntimeout = TIMEOUT',
)


def lambda_uri(attribute: str) -> str:
    return rest.INTEGRATION.replace(f'"{rest.URI}"', f"aws_lambda_function.f.{attribute}")


def slow(timeout: int, more: str = "") -> str:
    text = rest.API + rest.METHOD + lambda_uri("invoke_arn") + FUNCTION.replace("TIMEOUT", str(timeout))
    return text.replace('type                    = "AWS_PROXY"', f'type = "AWS_PROXY"\n{more}')


def by_body(timeout: int) -> str:
    body = """jsonencode({
    openapi = "3.0.1"
    paths   = { "/p" = { post = { "x-amazon-apigateway-integration" = {
      type = "aws_proxy", httpMethod = "POST", uri = aws_lambda_function.f.invoke_arn
    } } } }
  })"""
    return block("aws_api_gateway_rest_api", "a", f'name = "a"\nbody = {body}') + FUNCTION.replace(
        "TIMEOUT", str(timeout)
    )


TRIGGERED = rest.DEPLOYMENT.replace(
    "depends_on  = [aws_api_gateway_integration.create]",
    "triggers = { a = sha1(jsonencode(aws_api_gateway_integration.create)) }",
)
MODULE = 'module "m" {\n  source = "registry/else/aws"\n  api    = aws_api_gateway_rest_api.payments.id\n}\n'
SECOND = rest.METHOD.replace('"create"', '"read"').replace('"POST"', '"GET"')
OUTPUT = 'output "api" {\n  value = aws_apigatewayv2_api.payments.id\n}\n'
SOCKET = http.EXAMPLE_API.replace('"HTTP"', '"WEBSOCKET"')

CASES = [
    ("apigw-deployment-no-depends", rest.API + rest.METHOD + rest.INTEGRATION + TRIGGERED, SILENT),
    (
        "apigw-deployment-no-depends",
        rest.API
        + rest.METHOD
        + rest.INTEGRATION
        + rest.DEPLOYMENT.replace("aws_api_gateway_integration", "aws_api_gateway_method"),
        FOUND,
    ),
    ("apigw-method-no-integration", rest.WHOLE + SECOND, FOUND),
    ("apigw-method-no-integration", rest.API + rest.METHOD, SILENT),
    ("apigw-method-no-integration", rest.WHOLE + SECOND + MODULE, UNDECIDED),
    (
        "apigw-method-no-integration",
        rest.WHOLE.replace("aws_api_gateway_method.create.http_method", '"POST"'),
        SILENT,
    ),
    (
        "apigw-method-no-integration",
        UNKNOWN + rest.WHOLE.replace("aws_api_gateway_method.create.http_method", "var.unknown"),
        UNDECIDED,
    ),
    ("apigw-method-duplicate", rest.WHOLE + SECOND, SILENT),
    ("apigw-lambda-timeout-29s", slow(29), SILENT),
    ("apigw-lambda-timeout-29s", slow(30), FOUND),
    ("apigw-lambda-timeout-29s", slow(60, "timeout_milliseconds = 90000"), SILENT),
    (
        "apigw-lambda-timeout-29s",
        slow(60, 'request_parameters = { "integration.request.header.X-Amz-Invocation-Type" = "\'Event\'" }'),
        SILENT,
    ),
    ("apigw-lambda-timeout-29s", by_body(60), FOUND),
    ("apigw-lambda-timeout-29s", by_body(20), SILENT),
    ("apigw-integration-uri", rest.API + rest.METHOD + lambda_uri("arn") + FUNCTION.replace("TIMEOUT", "3"), FOUND),
    ("apigw-integration-uri", slow(3), SILENT),
    ("apigw-deployment-no-stage", rest.WHOLE, SILENT),
    (
        "apigw-deployment-no-stage",
        rest.API
        + rest.METHOD
        + rest.INTEGRATION
        + rest.DEPLOYMENT
        + 'output "d" {\n  value = aws_api_gateway_deployment.payments.id\n}\n',
        UNDECIDED,
    ),
    ("apigw-deployment-replace", rest.API + rest.METHOD + rest.INTEGRATION + TRIGGERED + rest.STAGE, SILENT),
    ("apigw-path-part", block("aws_api_gateway_resource", "r", 'path_part = "{proxy+}"'), SILENT),
    ("apigw-path-part", block("aws_api_gateway_resource", "r", 'path_part = "{id}.json"'), FOUND),
    # HTTP APIs, and WebSocket APIs, which are other in some things.
    ("apigwv2-route-no-target", SOCKET + http.example_route(key="$connect", target=""), SILENT),
    ("apigwv2-route-key", SOCKET + http.example_route(key="sendPayment"), SILENT),
    ("apigwv2-route-key", http.EXAMPLE_API + http.example_route(key="$default"), SILENT),
    ("apigwv2-route-key", http.EXAMPLE_API + http.example_route(key="post /payments"), FOUND),
    ("apigwv2-no-stage", http.EXAMPLE_API + http.example_route() + OUTPUT, UNDECIDED),
    ("apigwv2-no-stage", http.EXAMPLE_API, SILENT),
    (
        "apigwv2-no-stage",
        http.EXAMPLE_API
        + http.example_route()
        + http.EXAMPLE_STAGE.replace("auto_deploy = true", "auto_deploy = false"),
        FOUND,
    ),
    ("apigw-authorizer-missing", http.EXAMPLE_API + http.example_route('authorization_type = "JWT"'), FOUND),
    ("apigw-authorizer-missing", http.EXAMPLE_API + http.example_route('authorization_type = "AWS_IAM"'), SILENT),
]


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected


def test_a_plan_does_not_say_what_was_written_around_a_reference():
    """`"integrations/${id}"` and `id` are the same in a plan."""
    kind = "aws_apigatewayv2_route"
    change = {"actions": ["create"], "after": {"route_key": "GET /"}, "after_unknown": {"target": True, "id": True}}
    values = {"address": f"{kind}.r", "mode": "managed", "type": kind, "name": "r", "values": {"route_key": "GET /"}}
    of = {"references": ["aws_apigatewayv2_integration.i.id", "aws_apigatewayv2_integration.i"]}
    integration = {
        "address": "aws_apigatewayv2_integration.i",
        "mode": "managed",
        "type": "aws_apigatewayv2_integration",
    }
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": [values, {**integration, "name": "i", "values": {}}]}},
        "resource_changes": [{**values, "change": change}],
        "configuration": {
            "root_module": {
                "resources": [
                    {
                        "address": f"{kind}.r",
                        "mode": "managed",
                        "type": kind,
                        "name": "r",
                        "expressions": {"target": of},
                    },
                    {**integration, "name": "i", "expressions": {}},
                ]
            }
        },
    }
    assert not found(check_json(json.loads(json.dumps(plan))), "apigwv2-target-format")
