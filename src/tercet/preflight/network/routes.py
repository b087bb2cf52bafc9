"""Route tables, and by which way what runs in a subnet reaches anything outside its VPC."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Block, Graph, Resource, Undecidable
from tercet.preflight.memory import once
from tercet.preflight.network.places import SUBNETS, VPCS, vpc_of
from tercet.preflight.values import Text, Value, references_in

EVERYWHERE: Final = ("0.0.0.0/0", "::/0")

_WAYS: Final = {
    "nat_gateway_id": "nat gateway",
    "network_interface_id": "instance",
    "instance_id": "instance",
    "transit_gateway_id": "transit gateway",
    "core_network_arn": "core network",
    "vpc_peering_connection_id": "peering",
    "egress_only_gateway_id": "egress-only gateway",
    "vpc_endpoint_id": "endpoint",
    "carrier_gateway_id": "carrier gateway",
    "local_gateway_id": "local gateway",
    "odb_network_arn": "database network",
    "gateway_id": "gateway",
}
"""By which argument a route names where it leads, and what that is."""

_DESTINATIONS: Final = ("destination_cidr_block", "cidr_block", "destination_ipv6_cidr_block", "ipv6_cidr_block")


@dataclass(frozen=True, slots=True)
class Route:
    """One route.

    Parameters
    ----------
    at
        Where it stands: an ``aws_route``, or a block of a route table.
    destinations
        The ranges it is for, as values that may be unknown; a prefix list is none of them.
    way
        What it leads to: ``internet``, ``nat gateway``, ``instance``, ``transit gateway``, ``peering`` …; ``gateway``
        where it is an internet or a virtual private gateway that is not in the configuration; ``unknown``.
    argument
        The argument that names it.
    target
        The resource that it leads to, where that is in the configuration.
    """

    at: Block
    destinations: tuple[Value, ...]
    way: str
    argument: str
    target: Resource | None

    @property
    def is_default(self) -> bool:
        """Tell whether it is for all that has no other route.

        Raises
        ------
        Undecidable
            What it is for is not known.
        """
        if any(isinstance(one, str) and str(one) in EVERYWHERE for one in self.destinations):
            return True
        if any(not isinstance(one, str) for one in self.destinations):
            raise Undecidable(self.at.named("destination_cidr_block"), "what the route is for is not known")
        return False


@dataclass(frozen=True, slots=True)
class Table:
    """The route table of a subnet.

    Parameters
    ----------
    resource
        None where it is the main table that AWS makes with the VPC, and the configuration does not manage it.
    routes
        All its routes beside the local ones.
    association
        What ties it to the subnet; None where it is the VPC's main table.
    """

    resource: Resource | None
    routes: tuple[Route, ...]
    association: Resource | None

    @property
    def name(self) -> str:
        """How a reader is told of it."""
        return self.resource.address if self.resource is not None else "the VPC's main route table"


@dataclass(frozen=True, slots=True)
class Egress:
    """The way out of a subnet: what its default route leads to, or ``none``."""

    way: str
    table: Table
    route: Route | None = None

    @property
    def target(self) -> Resource | None:
        """The NAT gateway, instance or other resource that it leads to."""
        return self.route.target if self.route is not None else None


def table_of(subnet: Resource) -> Table:
    """Return the route table of a subnet.

    Raises
    ------
    Undecidable
        Another than what is seen may be associated with it, or may hold more routes.
    """
    _refuse_what_is_elsewhere(subnet)
    associations = [
        one for one in subnet.referrers("aws_route_table_association") if subnet in one.targets("subnet_id", *SUBNETS)
    ]
    for association in associations:
        tables = association.targets("route_table_id", "aws_route_table", "aws_default_route_table")
        table = _only_one(tables, subnet)
        if table is None:
            vpc = association.target("route_table_id", *VPCS)
            if vpc is None:
                raise Undecidable("route_table_id", f"the table in {association.address} is not in the configuration")
            return Table(None, tuple(_routes_of_main(vpc)), association)
        return Table(table, tuple(routes_of(table)), association)
    for one in _loose_associations(subnet.graph):
        raise Undecidable("subnet_id", f"{one.address} may be for {subnet.address}")
    return main_table_of(subnet)


def main_table_of(subnet: Resource) -> Table:
    """Return the main route table of the VPC that a subnet is in.

    Raises
    ------
    Undecidable
        The VPC is not in the configuration, or a module that is not at hand may route there.
    """
    vpc = vpc_of(subnet)
    if vpc is None or vpc.mode != "managed" or vpc.type == "aws_default_vpc":
        raise Undecidable("vpc_id", f"the main route table of {subnet.address} is not in the configuration")
    return once(subnet.graph, ("main table", vpc.address), lambda: _main_table(vpc))


def _main_table(vpc: Resource) -> Table:
    if vpc.is_passed_out():
        raise Undecidable("vpc_id", f"{vpc.address} is given to a module that is not at hand")
    for association in vpc.referrers("aws_main_route_table_association"):
        if (table := association.target("route_table_id", "aws_route_table")) is None:
            raise Undecidable("route_table_id", f"the route table in {association.address} is not in the configuration")
        return Table(table, tuple(routes_of(table)), None)
    for table in vpc.referrers("aws_default_route_table"):
        return Table(table, tuple(routes_of(table)), None)
    return Table(None, tuple(_routes_of_main(vpc)), None)


def routes_of(table: Resource) -> Iterator[Route]:
    """Go through the routes of a table: its blocks, and the ``aws_route`` resources for it.

    Raises
    ------
    Undecidable
        There may be others.
    """
    if table.mode != "managed":
        raise Undecidable("route", f"{table.address} is managed elsewhere")
    for block in table.blocks("route"):
        yield _route(block)
    for one in table.referrers("aws_route"):
        if table in one.targets("route_table_id", table.type):
            yield _route(one)
    if table.is_passed_out():
        raise Undecidable("route", f"{table.address} is given to a module that is not at hand")


def egress_of(subnet: Resource) -> Egress:
    """Return the way out of a subnet: its default route.

    Raises
    ------
    Undecidable
        Its route table, or where the default route leads, is not known; or there is none, and routes for parts of the
        internet.
    """
    return once(subnet.graph, ("egress", subnet.address), lambda: _egress(subnet))


def _egress(subnet: Resource) -> Egress:
    table = table_of(subnet)
    unsure: Undecidable | None = None
    for route in table.routes:
        try:
            if route.is_default and "0.0.0.0/0" in route.destinations:
                return Egress(route.way, table, route)
        except Undecidable as reason:
            unsure = reason
    if unsure is not None:
        raise unsure
    for one in _loose_routes(subnet.graph):
        raise Undecidable("route_table_id", f"{one.address} may be in {table.name}")
    for route in table.routes:
        if _is_for_a_part(route):
            raise Undecidable("route", f"{table.name} has a route for a part of the internet, and none for the rest")
    return Egress("none", table)


def _is_for_a_part(route: Route) -> bool:
    """Tell whether a route is for addresses outside of private networks, or for a prefix list that may hold them."""
    if route.at.has("destination_prefix_list_id"):
        return True
    return any(isinstance(one, str) and _is_outside(str(one)) for one in route.destinations)


def _is_outside(block: str) -> bool:
    try:
        network = ipaddress.IPv4Network(block, strict=False)
    except ValueError:
        return False
    return not any(network.subnet_of(private) for private in _PRIVATE)


_PRIVATE: Final = tuple(
    ipaddress.IPv4Network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16")
)
"""Ranges that no gateway routes to the internet."""


def is_public(subnet: Resource) -> bool:
    """Tell whether the default route of a subnet leads to an internet gateway.

    Raises
    ------
    Undecidable
        Its route table, or where the default route leads, is not known.
    """
    way = egress_of(subnet).way
    if way in ("gateway", "unknown"):
        raise Undecidable("gateway_id", f"what the default route of {subnet.address} leads to is not known")
    return way == "internet"


def _refuse_what_is_elsewhere(subnet: Resource) -> None:
    if subnet.mode != "managed":
        raise Undecidable("subnet_id", f"{subnet.address} is managed elsewhere, and its routes too")
    if subnet.is_passed_out():
        raise Undecidable("subnet_id", f"{subnet.address} is given to a module that is not at hand")


def _only_one(tables: list[Resource], subnet: Resource) -> Resource | None:
    if len(tables) <= 1:
        return tables[0] if tables else None
    raise Undecidable("route_table_id", f"which {tables[0].block_address} is that of {subnet.address} is not known")


def _routes_of_main(vpc: Resource) -> Iterator[Route]:
    for one in vpc.referrers("aws_route"):
        named = {reference.path[-1:] for reference in references_in(one.value("route_table_id"))}
        if named & {("main_route_table_id",), ("default_route_table_id",)}:
            yield _route(one)


def _route(block: Block) -> Route:
    destinations = tuple(value for name in _DESTINATIONS if (value := block.value(name)) not in (None, ""))
    for argument, way in _WAYS.items():
        value = block.value(argument)
        if value is None or value == "":
            continue
        target = next(iter(block.owner.graph.resolve(value)), None)
        if argument == "gateway_id":
            way = _gateway(value, target)
        return Route(block, destinations, way, argument, target)
    return Route(block, destinations, "unknown", "", None)


def _gateway(value: Value, target: Resource | None) -> str:
    if target is not None:
        return {"aws_internet_gateway": "internet", "aws_vpn_gateway": "private gateway"}.get(target.type, "gateway")
    if isinstance(value, str) and not isinstance(value, Text):
        return {"igw": "internet", "vgw": "private gateway", "local": "local"}.get(value.split("-", 1)[0], "gateway")
    return "gateway"


def _loose_associations(graph: Graph) -> list[Resource]:
    """Return the associations of which the subnet is not known."""
    return once(
        graph,
        "associations of unknown subnets",
        lambda: [
            one
            for one in graph.of_type("aws_route_table_association")
            if one.has("subnet_id") and not one.targets("subnet_id", *SUBNETS)
        ],
    )


def _loose_routes(graph: Graph) -> list[Resource]:
    """Return the default routes of which the table is not known."""
    return once(
        graph,
        "default routes of unknown tables",
        lambda: [
            one
            for one in graph.of_type("aws_route")
            if not one.targets("route_table_id", "aws_route_table", "aws_default_route_table", *VPCS)
            and not isinstance(one.value("route_table_id"), str)
            and any(value in EVERYWHERE or not isinstance(value, str) for value in _route(one).destinations)
        ],
    )


__all__ = ["EVERYWHERE", "Egress", "Route", "Table", "egress_of", "is_public", "main_table_of", "routes_of", "table_of"]
