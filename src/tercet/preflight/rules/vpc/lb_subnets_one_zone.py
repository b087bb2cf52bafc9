"""An application load balancer in the subnets of one zone, or in two subnets of the same zone."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import count_of, subnets_in, zone_of_subnet, zones_of
from tercet.preflight.rule import Context, Problem, Rule

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_security_group" "balancer" {
  name   = "payments-balancer-dev"
  vpc_id = aws_vpc.payments.id
}

resource "aws_lb" "payments" {
  name                       = "payments-dev"
  internal                   = true
  load_balancer_type         = "application"
  drop_invalid_header_fields = true
  security_groups            = [aws_security_group.balancer.id]
  subnets                    = %s
}
"""

_ONE_ZONE = "ValidationError: At least two subnets in two different Availability Zones must be specified"
_SAME_ZONE = (
    "InvalidConfigurationRequest: A load balancer cannot be attached to multiple subnets in the same Availability Zone"
)

RULE = Rule(
    id="lb-subnets-one-zone",
    title="A load balancer's subnets are in one zone, or two of them in the same",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An application load balancer wants subnets of at least two zones, and no load balancer admits two subnets "
        "of the same zone."
    ),
    aws_error=_ONE_ZONE,
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html",
        "https://github.com/kasmtech/terraform/issues/5",
        "https://github.com/robertdebock/terraform-aws-vault/issues/5",
    ),
    resources=("aws_lb", "aws_alb"),
    failing=_HEAD % '[aws_subnet.private["us-east-1a"].id]',
    passing=_HEAD % "[for subnet in aws_subnet.private : subnet.id]",
)


@RULE.check
def check(balancer: Resource, context: Context) -> Iterator[Problem]:
    """Count the zones of the load balancer's subnets."""
    del context
    kind = balancer.text("load_balancer_type", "application")
    if balancer.has("subnets"):
        argument, subnets = "subnets", subnets_in(balancer, "subnets")
    else:
        argument = "subnet_mapping"
        mappings = balancer.blocks("subnet_mapping")
        subnets = [subnet for mapping in mappings for subnet in subnets_in(mapping, "subnet_id")]
    if not subnets:
        return
    zones = zones_of(subnets)
    named = ", ".join(one.address for one in subnets)
    if kind == "application" and count_of(zones)[1] < 2:
        yield Problem(
            balancer,
            argument,
            f"{argument} names {named}, all in {zones[0]}: an application load balancer wants two zones.",
            fix="Add a subnet of another zone.",
            also={"zone": str(zones[0])},
        )
    elif len(zones) < len(subnets) and len(zones) > 1:
        seen: dict[object, Resource] = {}
        for subnet in subnets:
            first = seen.setdefault(zone_of_subnet(subnet), subnet)
            if first is not subnet:
                yield Problem(
                    balancer,
                    argument,
                    f"{argument} names {first.address} and {subnet.address}, both in {zone_of_subnet(subnet)}: a load "
                    "balancer has one subnet in each zone.",
                    fix=f"Remove one of the two, or move {subnet.address} to another zone.",
                    aws_error=_SAME_ZONE,
                    also={"zone": str(zone_of_subnet(subnet))},
                )
                return
