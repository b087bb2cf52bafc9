"""A permission whose source is never the caller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import require_written
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.values import Reference, Template

_GATEWAY: Final = "apigateway.amazonaws.com"
_BUCKETS: Final = "s3.amazonaws.com"
_APIS: Final = ("aws_api_gateway_rest_api", "aws_apigatewayv2_api")

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
    id="lambda-permission-source",
    title="A function's permission for a source that never calls",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "source_arn is compared with the ARN of what calls. API Gateway calls with its execution ARN and stage, method "
        "and path after it, so that a wildcard belongs behind execution_arn, and the API's arn is another one. S3 "
        "calls with the bucket's ARN and nothing after it."
    ),
    aws_error="500 Internal Server Error (at run time)",
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#apigateway-permissions",
        "https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html",
    ),
    resources=("aws_lambda_permission",),
    failing=_API + example.permission(_GATEWAY, "aws_apigatewayv2_api.payments.arn"),
    passing=_API + example.permission(_GATEWAY, '"${aws_apigatewayv2_api.payments.execution_arn}/*"'),
)


@RULE.check
def check(permission: Resource, _context: Context) -> Iterator[Problem]:
    """Look at what stands behind the reference."""
    source = permission.value("source_arn")
    principal = permission.value("principal")
    graph = permission.graph
    if _others(permission):
        return
    if principal == _GATEWAY:
        require_written(permission, "source_arn", *_APIS)
    if not isinstance(source, Reference | Template):
        return
    first = source.parts[0] if isinstance(source, Template) else source
    found = graph.find(first.address) if isinstance(first, Reference) else []
    if len(found) != 1 or not isinstance(first, Reference):
        return
    target, attribute = found[0], first.path[-1]
    if principal == _GATEWAY and target.type in _APIS and attribute in ("arn", "execution_arn"):
        if attribute == "arn":
            yield _problem(permission, f"{target.address}.arn, which is not what calls", target)
        elif isinstance(source, Reference):
            yield _problem(permission, f"{target.address}.execution_arn, with no stage, method and path", target)
    elif principal == _BUCKETS and target.type == "aws_s3_bucket" and attribute == "arn" and _has_path(source):
        yield Problem(
            permission,
            "source_arn",
            f"source_arn is {permission.shown('source_arn')}, and S3 calls with {target.address}'s ARN alone: it may "
            "not call the function.",
            fix=f"Write source_arn = {target.address}.arn.",
            aws_error="InvalidArgument: Unable to validate the following destination configurations",
        )


def _has_path(source: Reference | Template) -> bool:
    return isinstance(source, Template) and isinstance(source.parts[1], str) and source.parts[1].startswith("/")


def _others(permission: Resource) -> bool:
    """Tell whether another permission may let the same service call the same function."""
    return any(
        other is not permission
        and other.value("principal") == permission.value("principal")
        and other.value("function_name") == permission.value("function_name")
        for other in permission.graph.of_type(permission.type)
    )


def _problem(permission: Resource, what: str, api: Resource) -> Problem:
    return Problem(
        permission,
        "source_arn",
        f"source_arn is {what}: API Gateway may not call the function, and answers with 500.",
        fix=f'Write source_arn = "${{{api.address}.execution_arn}}/*".',
    )
