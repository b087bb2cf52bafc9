"""A subnet's range lies in none of its VPC's."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import ranges_of_vpc, vpc_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.vpc._ranges import known_range

RULE = Rule(
    id="subnet-outside-vpc",
    title="A subnet's range lies outside of its VPC",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A subnet takes its addresses from one of the VPC's ranges: the first one, or one associated later by "
        "`aws_vpc_ipv4_cidr_block_association`. Where the VPC's ranges are not all known, nothing is said."
    ),
    aws_error="InvalidSubnet.Range: The CIDR '<range>' is invalid.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
        "https://github.com/pulumi/pulumi-awsx/issues/111",
    ),
    resources=("aws_subnet",),
    failing="""
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.1.0.0/24"
}
""",
    passing="""
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.1.0/24"
}
""",
)


@RULE.check
def check(subnet: Resource, context: Context) -> Iterator[Problem]:
    """Compare the subnet's range with all ranges of its VPC."""
    del context
    cidr, vpc = known_range(subnet), vpc_of(subnet)
    if cidr is None or vpc is None:
        return
    ranges = ranges_of_vpc(vpc)
    if any(one.version == 4 and cidr.subnet_of(one) for one in ranges):
        return
    said = ", ".join(map(str, ranges))
    yield Problem(
        subnet,
        "cidr_block",
        f"cidr_block {cidr} is not within {vpc.address}, whose addresses are {said}: AWS refuses the subnet.",
        fix=f"Choose a range within {said}.",
        aws_error=f"InvalidSubnet.Range: The CIDR '{cidr}' is invalid.",
        also={f"{vpc.address}.cidr_block": said},
    )
