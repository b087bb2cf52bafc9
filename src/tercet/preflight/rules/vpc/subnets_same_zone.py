"""Attachments and endpoints with two subnets in one zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import subnets_in, zone_of_subnet
from tercet.preflight.rule import Context, Problem, Rule

_ERRORS: Final = {
    "aws_ec2_transit_gateway_vpc_attachment": ("DuplicateSubnetsInSameZone: Duplicate Subnets for same AZ"),
    "aws_vpc_endpoint": (
        "DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of subnet-<id>. VPC "
        "endpoint subnets should be in different availability zones supported by the VPC endpoint service."
    ),
}

_EXAMPLE = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "first" {
  vpc_id            = aws_vpc.payments.id
  cidr_block        = "10.0.10.0/24"
  availability_zone = "us-east-1a"
}

resource "aws_subnet" "second" {
  vpc_id            = aws_vpc.payments.id
  cidr_block        = "10.0.11.0/24"
  availability_zone = "ZONE"
}

resource "aws_ec2_transit_gateway_vpc_attachment" "payments" {
  transit_gateway_id = "tgw-0123456789abcdef0"
  vpc_id             = aws_vpc.payments.id
  subnet_ids         = [aws_subnet.first.id, aws_subnet.second.id]
}
"""

RULE = Rule(
    id="subnets-same-zone",
    title="Two subnets of one zone, where each zone has one",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A transit gateway and an interface endpoint put one network interface into each zone, and take one subnet of "
        "each."
    ),
    aws_error=_ERRORS["aws_vpc_endpoint"],
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
    ),
    resources=tuple(_ERRORS),
    failing=_EXAMPLE.replace("ZONE", "us-east-1a"),
    passing=_EXAMPLE.replace("ZONE", "us-east-1b"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the zones of the subnets."""
    if not resource.has("subnet_ids"):
        return
    seen: dict[object, Resource] = {}
    for subnet in subnets_in(resource, "subnet_ids"):
        zone = zone_of_subnet(subnet)
        first = seen.setdefault(zone, subnet)
        if first is not subnet:
            yield Problem(
                resource,
                "subnet_ids",
                f"subnet_ids names {first.address} and {subnet.address}, both in {zone}.",
                fix=f"Remove one of the two, or move {subnet.address} to another zone.",
                aws_error=_ERRORS[resource.type],
                also={"zone": str(zone)},
            )
            return
