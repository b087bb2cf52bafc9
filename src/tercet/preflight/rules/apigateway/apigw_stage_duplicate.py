"""Stages that a deployment has made already."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.apigateway._examples import API, DEPLOYMENT, INTEGRATION, METHOD, STAGE, WHOLE
from tercet.preflight.rules.apigateway._rest import DEPLOYMENT as DEPLOYMENT_TYPE
from tercet.preflight.rules.apigateway._rest import api_of, parts_of

RULE = Rule(
    id="apigw-stage-duplicate",
    title="A stage that its deployment makes as well",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A deployment with stage_name makes a stage of that name. aws_api_gateway_stage with the same name then finds "
        "it there. stage_name of the deployment is gone from version 6 of the provider on."
    ),
    aws_error="ConflictException: Stage already exists",
    sources=("https://docs.aws.amazon.com/apigateway/latest/api/API_CreateStage.html",),
    resources=("aws_api_gateway_stage",),
    failing="""
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
"""
    + API
    + METHOD
    + INTEGRATION
    + DEPLOYMENT.replace("  depends_on", '  stage_name  = "live"\n  depends_on')
    + STAGE,
    passing=WHOLE,
)


@RULE.check
def check(stage: Resource, context: Context) -> Iterator[Problem]:
    """Compare the stage's name with those of the API's deployments."""
    api = api_of(stage)
    name = stage.text("stage_name")
    for deployment in parts_of(context.graph, api, DEPLOYMENT_TYPE) if api is not None else ():
        if name and deployment.value("stage_name") == name:
            yield Problem(
                stage,
                "stage_name",
                f"stage_name is {name}, and {deployment.address} makes a stage of that name.",
                fix=f"Remove stage_name from {deployment.address}.",
                change=Change(deployment, "stage_name", None),
                also={"deployment": deployment.address},
            )
