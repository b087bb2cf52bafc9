"""An interface endpoint in one zone, for what computes in several."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import Zone, count_of, is_interface, subnets_of, vpc_of, zones_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.vpc._computing import computing_in

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "private" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}
"""

RULE = Rule(
    id="vpce-single-az",
    title="An interface endpoint in one zone only",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "An interface endpoint answers in the zones that it has a subnet in. With one subnet, the loss of that "
        "zone takes the service from functions and tasks in every other zone, as its private DNS name no longer "
        "answers. It speaks where what computes in the VPC (or, where nothing is seen to, the VPC's subnets) spans "
        "at least two zones; an endpoint in two of three zones survives and is not reported."
    ),
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html",
    ),
    resources=("aws_vpc_endpoint",),
    failing=_HEAD
    + """
resource "aws_vpc_endpoint" "events" {
  vpc_id              = aws_vpc.payments.id
  service_name        = "com.amazonaws.us-east-1.events"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [aws_subnet.private["us-east-1a"].id]
}
""",
    passing=_HEAD
    + """
resource "aws_vpc_endpoint" "events" {
  vpc_id              = aws_vpc.payments.id
  service_name        = "com.amazonaws.us-east-1.events"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]
}
""",
)


@RULE.check
def check(endpoint: Resource, context: Context) -> Iterator[Problem]:
    """Compare the endpoint's zones with those of what uses it."""
    if context.intent.multi_az is False or context.intent.az_count == 1:
        return
    vpc = vpc_of(endpoint)
    if not is_interface(endpoint) or vpc is None:
        return
    own = zones_of(subnets_of(endpoint))
    if not own or count_of(own)[1] != 1:
        return
    others = _zones_in_use(vpc, context)
    least, most = count_of(others)
    if least < 2:
        if most > 1:
            raise Undecidable("subnet_ids", "how many zones the VPC's subnets are in is not known")
        return
    yield Problem(
        endpoint,
        "subnet_ids",
        f"{endpoint.address} ({endpoint.shown('service_name')}) has a subnet in {own[0]} only, and what uses it is in "
        f"{', '.join(map(str, others))}: when {own[0]} is lost, no zone reaches the service.",
        fix="Give it one subnet in each zone.",
        also={"zones": ", ".join(map(str, others))},
    )


def _zones_in_use(vpc: Resource, context: Context) -> list[Zone]:
    subnets = {one.address: one for _, placed in computing_in(context.graph, vpc) for one in placed}
    if not subnets:
        subnets = {one.address: one for one in vpc.referrers("aws_subnet") if not one.many}
    return zones_of(subnets.values())
