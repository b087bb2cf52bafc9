"""Routes that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._http import EXAMPLE_API, EXAMPLE_STAGE, example_route, http_api_of

RULE = Rule(
    id="apigwv2-route-no-target",
    title="A route of an HTTP API without a target",
    severity=Severity.SILENT_OUTAGE,
    rationale="A route of an HTTP API without an integration deploys, and every call to it is answered with an error.",
    sources=("https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html",),
    resources=("aws_apigatewayv2_route",),
    failing=EXAMPLE_API + example_route(target="") + EXAMPLE_STAGE,
    passing=EXAMPLE_API + example_route() + EXAMPLE_STAGE,
)


@RULE.check
def check(route: Resource, _context: Context) -> Iterator[Problem]:
    """Look for the target."""
    if not route.has("target") and http_api_of(route) is not None:
        yield Problem(
            route,
            "target",
            f"The route {route.shown('route_key')} has no target: calls to it are answered with an error.",
            fix='Set target = "integrations/${<integration>.id}".',
        )
