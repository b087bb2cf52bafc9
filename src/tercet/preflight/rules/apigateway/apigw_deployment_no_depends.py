"""Deployments that Terraform makes too early."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._order import waits_for
from tercet.preflight.rules.apigateway._examples import API, INTEGRATION, METHOD, STAGE, WHOLE
from tercet.preflight.rules.apigateway._rest import INTEGRATION as INTEGRATION_TYPE
from tercet.preflight.rules.apigateway._rest import api_of, parts_of

RULE = Rule(
    id="apigw-deployment-no-depends",
    title="A deployment that does not wait for its API's integrations",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A deployment is a copy of what the API has at that moment. Terraform knows that it needs the API, and not "
        "that it needs the methods and integrations, unless depends_on or triggers refer to them. Made too early, a "
        "deployment fails, or lacks what came later."
    ),
    aws_error="BadRequestException: No integration defined for method",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-deploy-api.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/21210",
    ),
    resources=("aws_api_gateway_deployment",),
    failing=API
    + METHOD
    + INTEGRATION
    + STAGE
    + """
resource "aws_api_gateway_deployment" "payments" {
  rest_api_id = aws_api_gateway_rest_api.payments.id
}
""",
    passing=WHOLE,
)


@RULE.check
def check(deployment: Resource, context: Context) -> Iterator[Problem]:
    """Look for an integration of the API among what the deployment waits for."""
    api = api_of(deployment)
    if api is None:
        return
    integrations = parts_of(context.graph, api, INTEGRATION_TYPE)
    if integrations and not waits_for(deployment, integrations):
        yield Problem(
            deployment,
            "depends_on",
            f"Nothing makes the deployment wait for the {len(integrations)} integration(s) of {api.address}, such as "
            f"{integrations[0].address}.",
            fix=f"Add depends_on = [{integrations[0].block_address}], or triggers that refer to all integrations.",
            also={"rest_api": api.address},
        )
