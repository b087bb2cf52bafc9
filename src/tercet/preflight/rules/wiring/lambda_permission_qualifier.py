"""A service that calls an alias, and may call the function only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.policies import permissions_of, same_service
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import made, the_one
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._roles import places
from tercet.preflight.values import Template

_ALIAS: Final = "aws_lambda_alias"
_FUNCTION: Final = "aws_lambda_function"
_COLONS: Final = 6
"""In a function's own ARN."""
_CALLERS: Final = {
    "aws_api_gateway_authorizer": ("authorizer_uri", "authorizer_credentials", "apigateway.amazonaws.com"),
    "aws_api_gateway_integration": ("uri", "credentials", "apigateway.amazonaws.com"),
    "aws_apigatewayv2_authorizer": ("authorizer_uri", "authorizer_credentials_arn", "apigateway.amazonaws.com"),
    "aws_apigatewayv2_integration": ("integration_uri", "credentials_arn", "apigateway.amazonaws.com"),
    "aws_cloudwatch_event_target": ("arn", "role_arn", "events.amazonaws.com"),
    "aws_s3_bucket_notification": ("lambda_function.lambda_function_arn", "", "s3.amazonaws.com"),
    "aws_sns_topic_subscription": ("endpoint", "", "sns.amazonaws.com"),
}
"""Type → the argument that names what is called, the one that gives a role instead, and who calls."""

_TARGET = (
    """
resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "payments-nightly-dev"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "nightly" {
  rule = aws_cloudwatch_event_rule.nightly.name
  arn  = aws_lambda_alias.live.arn
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.processor.function_name
  function_version = aws_lambda_function.processor.version
}
"""
    + example.function("  publish       = true", role=example.ELSEWHERE)
    + example.permission("events.amazonaws.com", "aws_cloudwatch_event_rule.nightly.arn")
)

RULE = Rule(
    id="lambda-permission-qualifier",
    title="A service calls an alias, and is permitted the function without it",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A permission without a qualifier is for calls of the function by its own ARN. A call of an alias needs a "
        "permission of that alias: without it API Gateway answers with 500, and an event is lost."
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/versioning-aliases-permissions.html",),
    resources=tuple(_CALLERS),
    failing=_TARGET,
    passing=_TARGET.replace("  principal     =", "  qualifier     = aws_lambda_alias.live.name\n  principal     =", 1),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the permissions of each alias that is called."""
    path, role, service = _CALLERS[resource.type]
    if role and resource.has(role):
        return
    for block, argument in places(resource, path):
        for alias in made(block, argument, _ALIAS):
            function = the_one(alias, "function_name", _FUNCTION)
            if function is not None:
                yield from _unqualified(block, argument, alias, function, service)


def _unqualified(block: Block, argument: str, alias: Resource, function: Resource, service: str) -> Iterator[Problem]:
    sure, perhaps = permissions_of(function)
    if perhaps or function.is_passed_out() or alias.is_passed_out():
        raise Undecidable(f"permissions of {alias.address}", "who may call it is known only in part")
    mine = [one for one in sure if _is_for(one, service)]
    if mine and not any(map(_is_qualified, mine)):
        yield Problem(
            block,
            argument,
            f"{service} calls {alias.address}, and {mine[0].address} lets it call {function.address} without a "
            "qualifier: the call is denied.",
            fix=f"Set qualifier = {alias.address}.name on {mine[0].address}.",
            also={"permission": mine[0].address},
        )


def _is_qualified(permission: Resource) -> bool:
    """Tell whether a permission may be of a version or an alias; the function's name may end with one too."""
    name = permission.value("function_name")
    if permission.has("qualifier") or made(permission, "function_name", _ALIAS) or isinstance(name, Template):
        return True
    return isinstance(name, str) and name.count(":") > (_COLONS if name.startswith("arn:") else 0)


def _is_for(permission: Resource, service: str) -> bool:
    principal = permission.value("principal")
    if not isinstance(principal, str):
        raise Undecidable("principal", f"whom {permission.address} lets in is not known")
    return same_service(principal, service)
