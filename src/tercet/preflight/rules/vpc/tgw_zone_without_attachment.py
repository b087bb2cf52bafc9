"""A subnet with a route to a transit gateway, in a zone that the VPC's attachment has no subnet in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import Zone, subnets_in, table_of, vpc_of, zone_of_subnet, zones_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import shown

_LOCAL_ZONE: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-\d+-.+|[a-z]+\d+-[a-z]+\d+-az\d+")
"""``us-east-1-bos-1a``, ``use1-bos1-az1``: it reaches the gateway through its parent zone."""

_EXAMPLE = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_ec2_transit_gateway_vpc_attachment" "payments" {
  transit_gateway_id = "tgw-0123456789abcdef0"
  vpc_id             = aws_vpc.payments.id
  subnet_ids         = SUBNETS
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.payments.id

  route {
    cidr_block         = "10.64.0.0/10"
    transit_gateway_id = "tgw-0123456789abcdef0"
  }

  depends_on = [aws_ec2_transit_gateway_vpc_attachment.payments]
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}
"""

RULE = Rule(
    id="tgw-zone-without-attachment",
    title="A zone routes to a transit gateway that is attached in other zones only",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A transit gateway is reached through the attachment's network interface in the same zone. What stands in a "
        "zone that the attachment has no subnet in cannot reach it: the route is there, and packets are dropped, with "
        "every zone healthy. Local zones reach it through their parent zone and are not looked at."
    ),
    sources=("https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html",),
    resources=("aws_ec2_transit_gateway_vpc_attachment",),
    failing=_EXAMPLE.replace("SUBNETS", '[aws_subnet.private["us-east-1a"].id]'),
    passing=_EXAMPLE.replace("SUBNETS", "[for subnet in aws_subnet.private : subnet.id]"),
)


@RULE.check
def check(attachment: Resource, _context: Context) -> Iterator[Problem]:
    """Look for subnets of the VPC that have a route there, and no part of the attachment in their zone."""
    vpc = vpc_of(attachment)
    if vpc is None:
        return
    attached = zones_of(subnets_in(attachment, "subnet_ids"))
    cut_off: dict[Zone, Resource] = {}
    for subnet in vpc.referrers("aws_subnet"):
        zone = _elsewhere(subnet, attached)
        if zone is not None and _routes_there(subnet, attachment):
            cut_off.setdefault(zone, subnet)
    if cut_off:
        where, zones = ", ".join(map(str, attached)), ", ".join(map(str, cut_off))
        subnets = ", ".join(one.address for one in cut_off.values())
        yield Problem(
            attachment,
            "subnet_ids",
            f"{attachment.address} has a subnet in {where}, and {subnets} in {zones} routes to "
            f"{attachment.shown('transit_gateway_id')}: from there it is not reached.",
            fix=f"Add a subnet of {zones} to subnet_ids.",
            also={"subnets": subnets},
        )


def _elsewhere(subnet: Resource, attached: list[Zone]) -> Zone | None:
    """Return the zone of a subnet that is certainly in none of these; None for any other, and for local zones."""
    if subnet.many:
        return None
    zone = zone_of_subnet(subnet)
    if _LOCAL_ZONE.fullmatch(zone.key) or not all(zone.differs_from(one) for one in attached):
        return None
    return zone


def _routes_there(subnet: Resource, attachment: Resource) -> bool:
    try:
        routes = table_of(subnet).routes
    except Undecidable:
        return False
    wanted = shown(attachment.value("transit_gateway_id"))
    return any(
        route.argument == "transit_gateway_id" and shown(route.at.value("transit_gateway_id")) == wanted
        for route in routes
    )
