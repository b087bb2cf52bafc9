"""Public addresses that do not wait for the internet gateway."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.memory import once
from tercet.preflight.network import subnets_in, vpc_of
from tercet.preflight.rule import Context, Problem, Rule

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "payments" {
  vpc_id = aws_vpc.payments.id
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.payments.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.payments.id
  }
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.payments.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.payments.id
  }
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}
"""

RULE = Rule(
    id="igw-order",
    title="A NAT gateway does not wait for the internet gateway",
    severity=Severity.ADVICE,
    rationale=(
        "AWS wants an attached internet gateway before a public NAT gateway is made, and Terraform sees no "
        "reference from one to the other. Without `depends_on` the first apply may fail and the second succeed; "
        "destroy likewise."
    ),
    aws_error="Gateway.NotAttached: Network vpc-<id> has no Internet gateway attached",
    sources=("https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/nat_gateway.html.markdown",),
    resources=("aws_nat_gateway",),
    failing=_HEAD
    + """
resource "aws_nat_gateway" "payments" {
  subnet_id     = aws_subnet.public.id
  allocation_id = aws_eip.nat.id
}
""",
    passing=_HEAD
    + """
resource "aws_nat_gateway" "payments" {
  subnet_id     = aws_subnet.public.id
  allocation_id = aws_eip.nat.id
  depends_on    = [aws_internet_gateway.payments]
}
""",
)


_WAITED_FOR = frozenset(
    {"aws_internet_gateway", "aws_internet_gateway_attachment", "aws_route", "aws_route_table", "module"}
)


@RULE.check
def check(nat: Resource, context: Context) -> Iterator[Problem]:
    """Look whether the gateway, or its address, waits for the internet gateway of the VPC."""
    if nat.text("connectivity_type", "public") != "public":
        return
    subnets = subnets_in(nat, "subnet_id")
    vpc = vpc_of(subnets[0]) if subnets else None
    if vpc is None:
        return
    gateways = once(context.graph, ("internet gateways", vpc.address), lambda: vpc.referrers("aws_internet_gateway"))
    if not gateways:
        return
    waiting = [nat, *nat.targets("allocation_id", "aws_eip"), *subnets]
    if any(_WAITED_FOR & set(name.split(".")) for one in waiting for name in one.depends_on):
        return
    yield Problem(
        nat,
        "depends_on",
        f"{nat.address} does not wait for {gateways[0].address}: AWS refuses it where it comes first.",
        fix=f"Add depends_on = [{gateways[0].block_address}].",
        also={"internet_gateway": gateways[0].address},
    )
