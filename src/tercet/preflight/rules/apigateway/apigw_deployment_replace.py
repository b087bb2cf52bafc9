"""Deployments that cannot be replaced."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import API, INTEGRATION, METHOD, STAGE
from tercet.preflight.rules.apigateway._rest import STAGE as STAGE_TYPE

_DEPLOYMENT = """
resource "aws_api_gateway_deployment" "payments" {
  rest_api_id = aws_api_gateway_rest_api.payments.id
  triggers    = { api = sha1(jsonencode([aws_api_gateway_integration.create])) }LIFECYCLE
}
"""

RULE = Rule(
    id="apigw-deployment-replace",
    title="A deployment that cannot be replaced while its stage uses it",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "When the triggers of a deployment change, Terraform replaces it: it removes the old one first, and API "
        "Gateway refuses that as long as a stage has it. With create_before_destroy the stage moves first. The first "
        "apply succeeds; the first change fails."
    ),
    aws_error=("BadRequestException: Active stages pointing to this deployment must be moved or deleted"),
    sources=("https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteDeployment.html",),
    resources=("aws_api_gateway_deployment",),
    failing=API + METHOD + INTEGRATION + _DEPLOYMENT.replace("LIFECYCLE", "") + STAGE,
    passing=API
    + METHOD
    + INTEGRATION
    + _DEPLOYMENT.replace("LIFECYCLE", "\n\n  lifecycle {\n    create_before_destroy = true\n  }")
    + STAGE,
)


@RULE.check
def check(deployment: Resource, context: Context) -> Iterator[Problem]:
    """Look at what replaces it, and in which order."""
    if context.graph.kind == "plan" or not deployment.has("triggers"):
        return  # a plan does not say the order
    if deployment.lifecycle.get("create_before_destroy") in (None, False) and deployment.referrers(STAGE_TYPE):
        yield Problem(
            deployment,
            "triggers",
            "triggers replace the deployment, and lifecycle.create_before_destroy is not true: Terraform removes it "
            "while its stage uses it.",
            fix="Add lifecycle { create_before_destroy = true }.",
        )
