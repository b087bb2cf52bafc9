"""A VPC or a subnet is larger or smaller than AWS admits."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import read_range
from tercet.preflight.rule import Context, Problem, Rule

_LARGEST, _SMALLEST = 16, 28

RULE = Rule(
    id="subnet-size",
    title="A VPC's or subnet's IPv4 range is not between /16 and /28",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "AWS gives a VPC and a subnet an IPv4 range of /16 to /28. Terraform's provider refuses a VPC's in the "
        "plan; a subnet's is refused by AWS."
    ),
    aws_error="InvalidSubnet.Range: The CIDR '<range>' is invalid.",
    sources=("https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",),
    resources=("aws_subnet", "aws_vpc", "aws_vpc_ipv4_cidr_block_association"),
    failing="""
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "database" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.1.0/29"
}
""",
    passing="""
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "database" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.1.0/28"
}
""",
)


@RULE.check
def check(place: Resource, context: Context) -> Iterator[Problem]:
    """Look at the length of the prefix."""
    del context
    cidr = read_range(place.text("cidr_block"))
    if cidr is None or cidr.version != 4 or _LARGEST <= cidr.prefixlen <= _SMALLEST:
        return
    subnet = place.type == "aws_subnet"
    vpc_error = (
        f'expected "cidr_block" to contain a network Value with between {_LARGEST} and {_SMALLEST} significant bits, '
        f"got: {cidr.prefixlen}"
    )
    yield Problem(
        place,
        "cidr_block",
        f"cidr_block {cidr} is a /{cidr.prefixlen}; {'a subnet' if subnet else 'a VPC'} is between /16 and /28.",
        fix="Choose a prefix between /16 and /28.",
        aws_error=f"InvalidSubnet.Range: The CIDR '{cidr}' is invalid." if subnet else vpc_error,
    )
