"""A NAT gateway that no route leads to."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule

_TABLES = ("aws_route", "aws_route_table", "aws_default_route_table")

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
  domain     = "vpc"
  depends_on = [aws_internet_gateway.payments]
}

resource "aws_nat_gateway" "payments" {
  subnet_id     = aws_subnet.public.id
  allocation_id = aws_eip.nat.id
  depends_on    = [aws_internet_gateway.payments]
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.payments.id
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}
"""

RULE = Rule(
    id="nat-without-route",
    title="A NAT gateway that no route leads to",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A NAT gateway does nothing until a route table sends traffic to it: what it was made for has no way out, "
        "and it costs by the hour all the same. It speaks where the configuration makes the gateway and subnets, "
        "and holds no route to it; a gateway that is an output, or beside modules that are not at hand, may have "
        "its routes there."
    ),
    sources=("https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html",),
    resources=("aws_nat_gateway",),
    failing=_HEAD,
    passing=_HEAD
    + """
resource "aws_route" "private" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.payments.id
}
""",
)


@RULE.check
def check(nat: Resource, context: Context) -> Iterator[Problem]:
    """Look for a route to the gateway."""
    if nat.many or nat.referrers(*_TABLES):
        return
    graph = context.graph
    if nat.is_passed_out() or any(nat in graph.resolve(value) for value in graph.outputs.values()):
        raise Undecidable("routes", f"{nat.address} is given to others, who may route to it")
    if graph.opaque_modules:
        raise Undecidable("routes", "a module that is not at hand may find the gateway by itself and route to it")
    if len(graph.of_type("aws_subnet")) < 2:
        # Without private subnets, the routes are another configuration's.
        return
    for route in graph.of_type("aws_route"):
        value = route.value("nat_gateway_id")
        if value is not None and not graph.resolve(value) and not isinstance(value, str):
            raise Undecidable("nat_gateway_id", f"{route.address} may lead to {nat.address}")
    yield Problem(
        nat,
        "",
        f"No route leads to {nat.address}: nothing goes out through it.",
        fix=f"Add a default route to {nat.block_address} to the route tables of the private subnets.",
    )
