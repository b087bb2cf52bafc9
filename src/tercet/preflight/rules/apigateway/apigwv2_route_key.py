"""Route keys that an HTTP API does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._http import EXAMPLE_API, EXAMPLE_STAGE, example_route, http_api_of

_KEY: Final = re.compile(r"\$default|(?:ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) /\S{0,1000}")

RULE = Rule(
    id="apigwv2-route-key",
    title="A route key that an HTTP API does not take",
    severity=Severity.APPLY_FAILS,
    rationale="A route of an HTTP API is a method and a path, such as POST /payments, or $default.",
    aws_error=(
        "BadRequestException: The provided route key is not formatted properly for HTTP protocol. Format should be "
        '"<HTTP METHOD> /<RESOURCE PATH>" or "$default"'
    ),
    sources=("https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html",),
    resources=("aws_apigatewayv2_route",),
    failing=EXAMPLE_API + example_route(key="/payments") + EXAMPLE_STAGE,
    passing=EXAMPLE_API + example_route() + EXAMPLE_STAGE,
)


@RULE.check
def check(route: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the key with what an HTTP API takes."""
    key = route.value("route_key")
    if isinstance(key, str) and len(key) <= 1000 and not _KEY.fullmatch(key) and http_api_of(route) is not None:
        yield Problem(
            route,
            "route_key",
            f"route_key is {key!r}.",
            fix='Write the method and the path, such as "POST /payments", or "$default".',
        )
