"""A deployment of an API that cannot be deployed: without methods, or private without a policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.policies import completions
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._order import waits_for
from tercet.preflight.rules.apigateway._examples import API, DEPLOYMENT, INTEGRATION, METHOD, STAGE
from tercet.preflight.rules.apigateway._rest import API as API_TYPE
from tercet.preflight.rules.apigateway._rest import METHOD as METHOD_TYPE
from tercet.preflight.rules.apigateway._rest import api_of

_POLICY_TYPE: Final = "aws_api_gateway_rest_api_policy"
_POLICY_KEY: Final = "x-amazon-apigateway-policy"

_PRIVATE: Final = """
  endpoint_configuration {
    types = ["PRIVATE"]
  }
"""
_POLICY: Final = """
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "execute-api:Invoke"
      Resource  = "execute-api:/*"
      Condition = { StringEquals = { "aws:SourceVpce" = "vpce-0123456789abcdef0" } }
    }]
  })
"""


def _api(more: str) -> str:
    return API.replace('name = "payments-dev"\n', f'name = "payments-dev"\n{more}', 1)


RULE = Rule(
    id="apigw-deployment-refused",
    title="A deployment of an API without methods, or of a private one without a policy",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "API Gateway deploys an API that has a method. A private one needs a resource policy too, and has to have it "
        "before it is deployed."
    ),
    aws_error="BadRequestException: Private REST API doesn't have a resource policy attached to it",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-create.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/14290",
        "https://github.com/cloudposse/terraform-aws-api-gateway/pull/25",
    ),
    resources=("aws_api_gateway_deployment",),
    failing=_api(_PRIVATE) + METHOD + INTEGRATION + DEPLOYMENT + STAGE,
    passing=_api(_PRIVATE + _POLICY) + METHOD + INTEGRATION + DEPLOYMENT + STAGE,
)


@RULE.check
def check(deployment: Resource, context: Context) -> Iterator[Problem]:
    """Look for a method, and for the policy of a private API."""
    api = api_of(deployment)
    if api is None:
        return
    if not api.has("body") and not _has_method(api, context):
        yield Problem(
            deployment,
            "rest_api_id",
            f"{api.address} has no method, and no body that describes one.",
            fix="Add an aws_api_gateway_method with its integration, and depend on it.",
            aws_error="BadRequestException: The REST API doesn't contain any methods",
        )
    if _is_private(api) and not api.has("policy") and not _describes_policy(api):
        yield from _policy(deployment, api)


def _has_method(api: Resource, context: Context) -> bool:
    methods = context.graph.of_type(METHOD_TYPE)
    if any(api_of(one) is api for one in methods):
        return True
    for one in methods:
        if not one.graph.resolve(one.value("rest_api_id")):
            raise Undecidable("rest_api_id", f"it is not known which API {one.address} belongs to")
    if api.is_passed_out() or context.graph.opaque_modules:
        raise Undecidable("rest_api_id", f"a module that is not at hand may complete {api.address}")
    return False


def _is_private(api: Resource) -> bool:
    return any("PRIVATE" in block.texts("types") for block in api.blocks("endpoint_configuration"))


def _describes_policy(api: Resource) -> bool:
    if not api.has("body"):
        return False
    document = api.document("body")
    if not isinstance(document, dict):
        raise Undecidable("body", "it is not known whether the body has a policy")
    return _POLICY_KEY in document


def _policy(deployment: Resource, api: Resource) -> Iterator[Problem]:
    sure, perhaps = completions(api.graph, _POLICY_TYPE, "rest_api_id", API_TYPE).of(api)
    if not sure and (perhaps or api.is_passed_out()):
        raise Undecidable("policy", f"something that is not known may be the policy of {api.address}")
    if not sure:
        yield Problem(
            deployment,
            "rest_api_id",
            f"{api.address} is private and has no resource policy.",
            fix=f"Give {api.address} a policy that lets its VPC endpoint call it.",
            also={"endpoint_configuration.types": "PRIVATE"},
        )
    elif not waits_for(deployment, sure):
        yield Problem(
            deployment,
            "depends_on",
            f"{api.address} is private, and the deployment does not wait for its policy, {sure[0].address}: it is "
            "deployed without one.",
            fix=f"Add {sure[0].address} to depends_on.",
        )
