"""A subnet that is meant to be public and is not, or a route table that routes for nobody."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import egress_of, is_public, subnets_in
from tercet.preflight.rule import Context, Problem, Rule

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "payments" {
  vpc_id = aws_vpc.payments.id
}

resource "aws_subnet" "public" {
  vpc_id                  = aws_vpc.payments.id
  cidr_block              = "10.0.0.0/24"
  map_public_ip_on_launch = true
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.payments.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.payments.id
  }
}
"""

RULE = Rule(
    id="subnet-without-route",
    title="A subnet has no route to the internet that it is made for, or a route table no subnet",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A subnet without an association uses the VPC's main route table, which has local routes only unless the "
        "configuration says otherwise. It speaks of subnets that give out public addresses or hold an "
        "internet-facing load balancer and have no default route to a gateway, and of route tables with routes "
        "that no subnet and no gateway uses. Subnets that are isolated on purpose are left in peace."
    ),
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html",
    ),
    resources=("aws_subnet", "aws_route_table"),
    failing=_HEAD,
    passing=_HEAD
    + """
resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}
""",
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Ask a subnet for its way out, and a route table for its subnets."""
    if resource.type == "aws_subnet":
        yield from _stranded(resource)
    else:
        yield from _unused(resource, context)


def _stranded(subnet: Resource) -> Iterator[Problem]:
    because = _meant_to_be_public(subnet)
    if because is None:
        return
    egress = egress_of(subnet)
    if egress.way not in ("none", "local") and (egress.way != "nat gateway" or is_public(subnet)):
        return
    leads = "has no default route" if egress.way in ("none", "local") else "leads to a NAT gateway"
    yield Problem(
        subnet,
        "map_public_ip_on_launch",
        f"{because}, and {egress.table.name} {leads}: nothing in {subnet.address} reaches the internet or is reached "
        "from it.",
        fix="Associate it with a route table whose default route leads to the internet gateway.",
        also={"route_table": egress.table.name},
    )


def _meant_to_be_public(subnet: Resource) -> str | None:
    if subnet.value("map_public_ip_on_launch") in (True, "true"):
        return f"{subnet.address} gives out public addresses"
    for balancer in subnet.referrers("aws_lb", "aws_alb"):
        if balancer.value("internal") in (None, False, "false") and subnet in _subnets(balancer):
            return f"{balancer.address} in {subnet.address} faces the internet"
    return None


def _subnets(balancer: Resource) -> list[Resource]:
    try:
        return subnets_in(balancer, "subnets")
    except Undecidable:
        return []


def _unused(table: Resource, context: Context) -> Iterator[Problem]:
    routes = [one.address for one in table.referrers("aws_route")]
    if not routes and not table.blocks("route"):
        return
    users = ("aws_route_table_association", "aws_main_route_table_association")
    if table.referrers(*users):
        return
    for association in context.graph.of_type(*users):
        if not association.references("route_table_id"):
            raise Undecidable("route_table_id", f"{association.address} may be of {table.address}")
    if table.is_passed_out() or _is_given_out(table, context):
        raise Undecidable("route_table_id", f"{table.address} is given to others, who may associate it")
    yield Problem(
        table,
        "route",
        f"{table.address} has routes, and no subnet is associated with it: its routes are for nobody.",
        fix="Add an aws_route_table_association for each subnet that it is for.",
    )


def _is_given_out(table: Resource, context: Context) -> bool:
    return any(table in context.graph.resolve(value) for value in context.graph.outputs.values())
