"""A web ACL associated with what it cannot protect."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Reference

_REST = """
variable "web_acl_arn" {
  type = string
}
%s
"""

RULE = Rule(
    id="waf-association-unsupported",
    title="Web ACL associated with a resource that WAF does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A regional web ACL protects application load balancers, stages of REST APIs, Cognito user pools, AppSync, "
        "App Runner and Verified Access. HTTP APIs, network load balancers and functions' URLs cannot have one; a "
        "CloudFront distribution names its web ACL itself, in `web_acl_id`, and a web ACL of scope CLOUDFRONT is "
        "never associated."
    ),
    aws_error=(
        "WAFInvalidParameterException: Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes "
        "other information separated by colons or slashes., field: RESOURCE_ARN, parameter: <arn>"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/28753",
    ),
    resources=("aws_wafv2_web_acl_association",),
    failing=_REST
    % """
resource "aws_apigatewayv2_api" "payments" {
  name          = "payments-dev"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_stage" "live" {
  api_id      = aws_apigatewayv2_api.payments.id
  name        = "$default"
  auto_deploy = true
}

resource "aws_wafv2_web_acl_association" "payments" {
  resource_arn = aws_apigatewayv2_stage.live.arn
  web_acl_arn  = var.web_acl_arn
}
""",
    passing=_REST
    % """
resource "aws_cognito_user_pool" "merchants" {
  name = "payments-merchants-dev"
}

resource "aws_wafv2_web_acl_association" "payments" {
  resource_arn = aws_cognito_user_pool.merchants.arn
  web_acl_arn  = var.web_acl_arn
}
""",
)

_NEVER = {
    "aws_apigatewayv2_api": "an HTTP API cannot have a web ACL",
    "aws_apigatewayv2_stage": "an HTTP API cannot have a web ACL",
    "aws_lambda_function": "a function cannot have a web ACL",
    "aws_lambda_function_url": "a function's URL cannot have a web ACL",
    "aws_cloudfront_distribution": "a distribution names its web ACL in web_acl_id",
    "aws_api_gateway_rest_api": "the ARN must be that of a stage",
    "aws_elb": "a classic load balancer cannot have a web ACL",
}


@RULE.check
def check(association: Resource, _: Context) -> Iterator[Problem]:
    """Look at both ends."""
    reason = _cannot(association)
    if reason is not None:
        yield Problem(
            association,
            "resource_arn",
            f"resource_arn is {association.shown('resource_arn')}, and {reason}: WAF refuses the association.",
            fix="Associate the web ACL with a load balancer or a stage of a REST API in front of it."
            if "distribution" not in reason
            else "Remove the association and set web_acl_id of the distribution.",
        )
        return
    acl = association.target("web_acl_arn", "aws_wafv2_web_acl")
    if acl is not None and acl.text("scope") == "CLOUDFRONT":
        yield Problem(
            association,
            "web_acl_arn",
            f"{acl.address} has scope CLOUDFRONT: it cannot be associated with a regional resource.",
            fix="Associate a web ACL of scope REGIONAL.",
            also={"scope": "CLOUDFRONT"},
        )


def _cannot(association: Resource) -> str | None:
    value = association.value("resource_arn")
    if not isinstance(value, Reference):
        return None
    for found in association.graph.find(value.address):
        if found.type in _NEVER and found.mode == "managed":
            return _NEVER[found.type]
        if found.type in ("aws_lb", "aws_alb") and found.text("load_balancer_type", "application") != "application":
            return f"a {found.shown('load_balancer_type')} load balancer cannot have a web ACL"
    return None
