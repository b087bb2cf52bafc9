"""Functions that work longer than API Gateway waits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import API, DEPLOYMENT, INTEGRATION, METHOD, STAGE, URI
from tercet.preflight.rules.apigateway._rest import described_integrations, function_in
from tercet.preflight.values import Value

REST_MS: Final = 29_000
HTTP_MS: Final = 30_000

_FUNCTION = """
resource "aws_lambda_function" "payments" {
  function_name = "payments-dev"
  role          = "arn:aws:iam::123456789012:role/payments-dev"
  s3_bucket     = "payments-artifacts-dev"
  s3_key        = "payments.zip"
  handler       = "app.handler"
  runtime       = "python3.13"
  timeout       = TIMEOUT
}

resource "aws_lambda_permission" "api" {
  function_name = aws_lambda_function.payments.function_name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.payments.execution_arn}/*/POST/payments"
}
"""
_WHOLE = (
    _FUNCTION
    + API
    + METHOD
    + INTEGRATION.replace(f'"{URI}"', "aws_lambda_function.payments.invoke_arn")
    + DEPLOYMENT
    + STAGE
)

RULE = Rule(
    id="apigw-lambda-timeout-29s",
    title="A function works longer than API Gateway waits for it",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A REST API waits 29 seconds for its integration unless more is said in timeout_milliseconds, an HTTP API 30. "
        "A function that may take longer goes on after the client was answered 504; the client tries again, and what "
        "the function does is done twice. Functions that are called asynchronously are not reported."
    ),
    sources=(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html",
    ),
    resources=("aws_api_gateway_integration", "aws_api_gateway_rest_api", "aws_apigatewayv2_integration"),
    failing=_WHOLE.replace("TIMEOUT", "60"),
    passing=_WHOLE.replace("TIMEOUT", "20"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the two timeouts."""
    if resource.type == "aws_api_gateway_rest_api":
        for described in described_integrations(resource):
            block = Block(resource, "body", described)
            if block.value("type") in ("aws", "aws_proxy", "AWS", "AWS_PROXY"):
                yield from _compare(block, described.get("uri"), "timeoutInMillis", REST_MS, "body")
    elif resource.type == "aws_api_gateway_integration":
        asynchronous = any("invocation-type" in name.lower() for name in resource.mapping("request_parameters"))
        if not asynchronous:
            yield from _compare(
                resource, resource.value("uri"), "timeout_milliseconds", REST_MS, "timeout_milliseconds"
            )
    else:
        uri = resource.value("integration_uri")
        yield from _compare(resource, uri, "timeout_milliseconds", HTTP_MS, "timeout_milliseconds")


def _compare(block: Block, uri: Value, argument: str, default_ms: int, shown_at: str) -> Iterator[Problem]:
    found = function_in(block, uri)
    if found is None:
        return
    function, _ = found
    waits_ms = block.number(argument, default_ms) or default_ms
    timeout = function.number("timeout", 3) or 0
    if timeout * 1000 > waits_ms:
        yield Problem(
            block.owner,
            shown_at,
            f"API Gateway waits {waits_ms / 1000:g} seconds and timeout of {function.address} is {timeout}: the client "
            "is answered 504 while the function goes on.",
            fix=f"Set timeout of {function.address} to {int(waits_ms // 1000) - 1} at most.",
            also={"function": function.address, "timeout": str(timeout)},
        )
