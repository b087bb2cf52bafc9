"""HTTP and WebSocket APIs that nobody can call."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules._targets import is_open
from tercet.preflight.rules.apigateway._http import API, EXAMPLE_API, EXAMPLE_STAGE, ROUTE, STAGE, example_route
from tercet.preflight.values import references_in

RULE = Rule(
    id="apigwv2-no-stage",
    title="An API without a stage, or a stage without a deployment",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "An API is called through a stage, and a stage serves what was deployed to it: by itself with auto_deploy, or "
        "by deployment_id. Without them every call is answered with Not Found. An API without routes, or one that is "
        "an output or given to a module, may be completed elsewhere."
    ),
    sources=("https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.html",),
    resources=("aws_apigatewayv2_api", "aws_apigatewayv2_stage"),
    failing=EXAMPLE_API + example_route(),
    passing=EXAMPLE_API + example_route() + EXAMPLE_STAGE,
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look for the stage, and for what it serves."""
    if resource.type == API:
        yield from _api(resource, context)
    elif not resource.has("deployment_id") and resource.flag("auto_deploy", False) is False:
        if resource.graph.kind == "plan" or resource.lifecycle.get("ignore_changes"):
            return  # a deployment that something else makes
        yield Problem(
            resource,
            "auto_deploy",
            "The stage has neither auto_deploy nor deployment_id: nothing is deployed to it.",
            fix="Set auto_deploy = true.",
            change=Change(resource, "auto_deploy", True),
        )


def _api(api: Resource, context: Context) -> Iterator[Problem]:
    if api.has("target") or api.referrers(STAGE) or not api.referrers(ROUTE):
        return
    given_out = api.is_passed_out() or any(
        reference.address.startswith(api.block_address)
        for value in context.graph.outputs.values()
        for reference in references_in(value)
    )
    if given_out:
        raise Undecidable("stage", "the API is given out, and its stage may be elsewhere")
    for stage in context.graph.of_type(STAGE):
        if is_open(stage, "api_id"):
            raise Undecidable("stage", f"the API of {stage.address} is not known")
    yield Problem(
        api,
        "name",
        f"The API {api.shown('name')} has routes and no aws_apigatewayv2_stage: every call is answered with Not Found.",
        fix='Add a stage with name = "$default" and auto_deploy = true.',
    )
