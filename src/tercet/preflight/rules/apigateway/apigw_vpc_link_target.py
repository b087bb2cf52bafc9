"""A VPC link of REST APIs to a load balancer of another kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import made

_LINK: Final = """
resource "aws_lb" "payments" {
  name               = "payments-dev"
  internal           = true
  load_balancer_type = "KIND"
  subnets            = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]
}

resource "aws_api_gateway_vpc_link" "payments" {
  name        = "payments-dev"
  target_arns = [aws_lb.payments.arn]
}
"""

RULE = Rule(
    id="apigw-vpc-link-target",
    title="A VPC link of REST APIs to a load balancer that is no network load balancer",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An aws_api_gateway_vpc_link goes to a network load balancer. Made for another kind it ends in the status "
        "FAILED. The links of HTTP APIs, aws_apigatewayv2_vpc_link, are other ones."
    ),
    aws_error="unexpected state 'FAILED', wanted target 'AVAILABLE'",
    sources=("https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-nlb-for-vpclink-using-console.html",),
    resources=("aws_api_gateway_vpc_link",),
    failing=_LINK.replace("KIND", "application"),
    passing=_LINK.replace("KIND", "network"),
)


@RULE.check
def check(link: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the kind of each load balancer."""
    for balancer in made(link, "target_arns", "aws_lb", "aws_alb"):
        kind = balancer.text("load_balancer_type", "application")
        if kind != "network":
            yield Problem(
                link,
                "target_arns",
                f"{balancer.address} is of the type {kind}, and the VPC link of a REST API goes to a network load "
                "balancer.",
                fix=f'Set load_balancer_type = "network" on {balancer.address}, or put one before it.',
                also={"load_balancer_type": str(kind)},
            )
