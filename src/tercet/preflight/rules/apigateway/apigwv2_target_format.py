"""Targets that are no integration's path."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import require_written
from tercet.preflight.rules.apigateway._http import EXAMPLE_API, EXAMPLE_STAGE, INTEGRATION, example_route
from tercet.preflight.values import Reference, Template

RULE = Rule(
    id="apigwv2-target-format",
    title="A route's target that is no integration's path",
    severity=Severity.APPLY_FAILS,
    rationale="The target of a route is integrations/ and the integration's id, not the id alone, an ARN or a URL.",
    aws_error="BadRequestException: Invalid target: <target>",
    sources=("https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html",),
    resources=("aws_apigatewayv2_route",),
    failing=EXAMPLE_API + example_route(target="aws_apigatewayv2_integration.payments.id") + EXAMPLE_STAGE,
    passing=EXAMPLE_API + example_route() + EXAMPLE_STAGE,
)


@RULE.check
def check(route: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the beginning of the target."""
    target = route.value("target")
    require_written(route, "target", INTEGRATION)
    if isinstance(target, Reference):
        found = route.graph.find(target.address)
        wrong = target.path == ("id",) and any(one.type == INTEGRATION for one in found)
    elif isinstance(target, Template):
        wrong = bool(target.prefix) and not target.prefix.startswith("integrations/")
    else:
        wrong = isinstance(target, str) and target != "" and not target.startswith("integrations/")
    if wrong:
        yield Problem(
            route,
            "target",
            f"target is {route.shown('target')}, which does not begin with integrations/.",
            fix='Write "integrations/${<integration>.id}".',
        )
