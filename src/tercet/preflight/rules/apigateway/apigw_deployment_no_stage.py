"""Deployments that nobody can call."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import is_open
from tercet.preflight.rules.apigateway._examples import API, DEPLOYMENT, INTEGRATION, METHOD, WHOLE
from tercet.preflight.rules.apigateway._rest import STAGE
from tercet.preflight.values import references_in

RULE = Rule(
    id="apigw-deployment-no-stage",
    title="A deployment without a stage",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A deployment is called through a stage. Without one the API answers nothing. A deployment that is an output, "
        "or given to a module, may have its stage elsewhere."
    ),
    sources=("https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-stages.html",),
    resources=("aws_api_gateway_deployment",),
    failing=API + METHOD + INTEGRATION + DEPLOYMENT,
    passing=WHOLE,
)


@RULE.check
def check(deployment: Resource, context: Context) -> Iterator[Problem]:
    """Look for the stage."""
    if deployment.has("stage_name") or deployment.referrers(STAGE):
        return
    if deployment.is_passed_out() or any(
        reference.address.startswith(deployment.block_address)
        for value in context.graph.outputs.values()
        for reference in references_in(value)
    ):
        raise Undecidable("stage", "the deployment is given out, and its stage may be elsewhere")
    for stage in context.graph.of_type(STAGE):
        if is_open(stage, "deployment_id"):
            raise Undecidable("stage", f"the deployment of {stage.address} is not known")
    yield Problem(
        deployment,
        "stage_name",
        "No aws_api_gateway_stage has this deployment: the API answers nothing.",
        fix="Add aws_api_gateway_stage with deployment_id of this deployment.",
    )
