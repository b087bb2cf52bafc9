"""A public NAT gateway in a subnet that has no way to the internet."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import egress_of, subnets_in
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="nat-in-private-subnet",
    title="A public NAT gateway stands in a private subnet",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A public NAT gateway sends what it is given out through its own subnet. Where that subnet has no default "
        "route to an internet gateway, the NAT gateway is created and everything behind it times out. Private NAT "
        'gateways (`connectivity_type = "private"`) and regional ones need no such route and are not looked at.'
    ),
    aws_error="Gateway.NotAttached: Network vpc-<id> has no Internet gateway attached (where the VPC has none at all)",
    sources=("https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",),
    resources=("aws_nat_gateway",),
    failing="""
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
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_eip" "nat" {
  domain     = "vpc"
  depends_on = [aws_internet_gateway.payments]
}

resource "aws_nat_gateway" "payments" {
  subnet_id     = aws_subnet.public.id
  allocation_id = aws_eip.nat.id
  depends_on    = [aws_internet_gateway.payments]
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
""",
    passing="""
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
  domain     = "vpc"
  depends_on = [aws_internet_gateway.payments]
}

resource "aws_nat_gateway" "payments" {
  subnet_id     = aws_subnet.public.id
  allocation_id = aws_eip.nat.id
  depends_on    = [aws_internet_gateway.payments]
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
""",
)

_LEADS_NOWHERE = ("none", "nat gateway")


@RULE.check
def check(nat: Resource, context: Context) -> Iterator[Problem]:
    """Follow the default route of the gateway's own subnet."""
    del context
    if nat.text("connectivity_type", "public") != "public" or nat.text("availability_mode", "zonal") == "regional":
        return
    for subnet in subnets_in(nat, "subnet_id"):
        egress = egress_of(subnet)
        if egress.way in _LEADS_NOWHERE:
            leads = "has no default route" if egress.way == "none" else f"sends 0.0.0.0/0 to {nat_name(egress.target)}"
            yield Problem(
                nat,
                "subnet_id",
                f"{nat.address} is in {subnet.address}, whose route table ({egress.table.name}) {leads}, where a "
                "public NAT gateway needs an internet gateway: nothing behind it reaches the internet.",
                fix="Place it in a subnet whose default route leads to the internet gateway, or add that route.",
                also={"route_table": egress.table.name},
            )


def nat_name(target: Resource | None) -> str:
    """Name a NAT gateway that a route leads to."""
    return target.address if target is not None else "a NAT gateway"
