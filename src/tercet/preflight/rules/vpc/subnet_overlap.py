"""Two subnets of one VPC share addresses."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.vpc._ranges import known_range, overlaps

RULE = Rule(
    id="subnet-overlap",
    title="Two subnets of one VPC overlap",
    severity=Severity.APPLY_FAILS,
    rationale="An address belongs to one subnet of a VPC. AWS creates the first of the two and refuses the other.",
    aws_error="InvalidSubnet.Conflict: The CIDR '<range>' conflicts with another subnet",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html",
        "https://github.com/hashicorp/terraform/issues/33470",
    ),
    resources=("aws_subnet",),
    failing="""
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.0.0/20"
}

resource "aws_subnet" "database" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.8.0/24"
}
""",
    passing="""
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.0.0/20"
}

resource "aws_subnet" "database" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.16.0/24"
}
""",
)


@RULE.check
def check(subnet: Resource, context: Context) -> Iterator[Problem]:
    """Ask for an earlier subnet that has the same addresses."""
    other = overlaps(context.graph).get(subnet.address)
    if other is None:
        return
    cidr, taken = known_range(subnet), known_range(other)
    yield Problem(
        subnet,
        "cidr_block",
        f"cidr_block {cidr} overlaps {taken} of {other.address} in the same VPC: AWS refuses one of the two.",
        fix=f"Choose a range that shares nothing with {taken}.",
        aws_error=f"InvalidSubnet.Conflict: The CIDR '{cidr}' conflicts with another subnet",
        also={f"{other.address}.cidr_block": str(taken)},
    )
