"""Authorizers that lack what their type needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import URI
from tercet.preflight.rules.apigateway._http import EXAMPLE_API, EXAMPLE_STAGE, example_route, http_api_of
from tercet.preflight.values import Reference

_REST: Final = "aws_api_gateway_authorizer"
_HTTP: Final = "aws_apigatewayv2_authorizer"


def _authorizer(*lines: str) -> str:
    more = "".join(f"  {line}\n" for line in lines)
    return f"""
resource "aws_apigatewayv2_authorizer" "users" {{
  api_id           = aws_apigatewayv2_api.payments.id
  name             = "users"
  authorizer_type  = "REQUEST"
  identity_sources = ["$request.header.Authorization"]
  authorizer_uri   = "{URI}"
{more}}}
"""


_ROUTE = example_route('authorization_type = "CUSTOM"', "authorizer_id = aws_apigatewayv2_authorizer.users.id")

RULE = Rule(
    id="apigw-authorizer-arguments",
    title="An authorizer lacks what its type needs",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An authorizer of user pools names them, one that calls a function has its URI, and on an HTTP API the version "
        "of the payload too; one for JWTs has an issuer, which is an https URL."
    ),
    aws_error="BadRequestException: AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html",
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/15181",
    ),
    resources=(_REST, _HTTP),
    failing=EXAMPLE_API + _authorizer() + _ROUTE + EXAMPLE_STAGE,
    passing=EXAMPLE_API + _authorizer('authorizer_payload_format_version = "2.0"') + _ROUTE + EXAMPLE_STAGE,
)


@RULE.check
def check(authorizer: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the arguments with the type."""
    if authorizer.type == _REST:
        kind = authorizer.text("type", "TOKEN")
        needed = "provider_arns" if kind == "COGNITO_USER_POOLS" else "authorizer_uri"
        if not authorizer.has(needed):
            error = f"Error: {needed} must be set non-empty when authorizer type is {kind}"
            yield _missing(authorizer, needed, str(kind), error)
        return
    kind = authorizer.text("authorizer_type")
    if kind == "REQUEST":
        yield from _request(authorizer)
    elif kind == "JWT":
        yield from _jwt(authorizer)


def _request(authorizer: Resource) -> Iterator[Problem]:
    if not authorizer.has("authorizer_uri"):
        yield _missing(authorizer, "authorizer_uri", "REQUEST", "BadRequestException: AuthorizerUri is required")
    if not authorizer.has("authorizer_payload_format_version") and http_api_of(authorizer) is not None:
        yield _missing(authorizer, "authorizer_payload_format_version", "REQUEST", None, ' = "2.0"')


def _jwt(authorizer: Resource) -> Iterator[Problem]:
    settings = authorizer.block("jwt_configuration")
    if settings is None or not settings.has("issuer"):
        error = "BadRequestException: Issuer is a required parameter for JWT authorizer"
        yield _missing(authorizer, "jwt_configuration.issuer", "JWT", error)
    elif _is_no_url(settings):
        yield Problem(
            settings,
            "issuer",
            f"issuer is {settings.shown('issuer')}, which does not begin with https://.",
            fix='Write "https://${<user pool>.endpoint}".',
            aws_error=(
                "BadRequestException: Invalid issuer. Issuer must have a valid discovery endpoint ended with "
                "'/.well-known/openid-configuration'"
            ),
        )


def _is_no_url(settings: Block) -> bool:
    issuer = settings.value("issuer")
    if isinstance(issuer, str):
        return bool(issuer) and not issuer.startswith("https://")
    # The endpoint of a user pool is a host and a path. A plan does not say what was written around the reference.
    if not isinstance(issuer, Reference) or issuer.path != ("endpoint",) or settings.owner.graph.kind == "plan":
        return False
    return any(one.type == "aws_cognito_user_pool" for one in settings.owner.graph.find(issuer.address))


def _missing(authorizer: Resource, argument: str, kind: str, error: str | None, value: str = "") -> Problem:
    return Problem(
        authorizer,
        argument,
        f"The authorizer is of type {kind}, and {argument} is missing.",
        fix=f"Set {argument}{value}.",
        aws_error=error,
    )
