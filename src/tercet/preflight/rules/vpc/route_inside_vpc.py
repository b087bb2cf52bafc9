"""Routes that lead the VPC's own addresses out of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.network import ranges_of_vpc, read_range
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import the_one
from tercet.preflight.rules.vpc._same_vpc import certain

_TABLES: Final = ("aws_route_table", "aws_default_route_table")
_OUT: Final = {
    "transit_gateway_id": "a transit gateway",
    "vpc_peering_connection_id": "a peering connection",
}

_EXAMPLE = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_route" "ledger" {
  route_table_id         = aws_vpc.payments.main_route_table_id
  destination_cidr_block = "RANGE"
  transit_gateway_id     = "tgw-0123456789abcdef0"
}
"""

RULE = Rule(
    id="route-inside-vpc",
    title="A route for the VPC's own addresses that leads out of it",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Within a VPC the local route applies. A route for the VPC's range, or a part of it, leads to a network "
        "interface, a NAT gateway or a load balancer's endpoint in the VPC, and to no transit gateway and no peering "
        "connection: mostly the other VPC's range is meant."
    ),
    aws_error=(
        "InvalidParameterValue: Route target is not supported. This route only supports interface and instance targets."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html",
        "https://github.com/hashicorp/terraform/issues/26018",
    ),
    resources=("aws_route", *_TABLES),
    failing=_EXAMPLE.replace("RANGE", "10.0.0.0/16"),
    passing=_EXAMPLE.replace("RANGE", "10.1.0.0/16"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare each route with the ranges of the table's VPC."""
    if resource.type == "aws_route":
        table = the_one(resource, "route_table_id", *_TABLES, "aws_vpc")
        yield from _route(resource, "destination_cidr_block", table)
        return
    for block in resource.blocks("route"):
        yield from _route(block, "cidr_block", resource)


def _route(route: Block, argument: str, table: Resource | None) -> Iterator[Problem]:
    way = next((name for name in _OUT if route.has(name)), None)
    value = route.value(argument)
    wanted = read_range(value) if isinstance(value, str) and way else None
    vpc = _vpc(table) if table is not None and wanted is not None else None
    if wanted is None or vpc is None or way is None:
        return
    for own in ranges_of_vpc(vpc):
        if own.version == wanted.version and wanted.subnet_of(own):  # type: ignore[arg-type]
            yield Problem(
                route,
                argument,
                f"{argument} is {wanted}, inside {own} of {vpc.address} itself, and the route leads to {_OUT[way]}.",
                fix="Write the range of the network on the other side.",
                also={way: route.shown(way)},
            )
            return


def _vpc(table: Resource) -> Resource | None:
    if table.type == "aws_vpc":
        return table if not table.many else None
    found = [one for one in certain(table, "vpc_id", "aws_vpc") if not one.many]
    return found[0] if found else None
