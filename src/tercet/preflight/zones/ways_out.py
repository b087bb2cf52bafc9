"""NAT gateways, endpoints, and what the loss of a zone takes from the ways out of the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.memory import once
from tercet.preflight.network import (
    Zone,
    count_of,
    egress_of,
    endpoints_for,
    is_interface,
    services_with_endpoint,
    subnets_in,
    subnets_of,
    vpc_of,
    zone_of_subnet,
    zones_of,
)
from tercet.preflight.zones.asking import Asking
from tercet.preflight.zones.model import Component, Fate, Layer, Verdict
from tercet.preflight.zones.spread import Spread, listed, share

_SHOWN: Final = 3
_IN_A_SUBNET: Final = ("aws_nat_gateway", "aws_instance", "aws_network_interface")


def nat_gateways(asking: Asking) -> Iterator[Component]:
    """Judge the NAT gateways of each VPC together: what they are for is the way out of the zones that are left."""
    by_vpc: dict[str, list[Resource]] = defaultdict(list)
    for nat in asking.graph.of_type("aws_nat_gateway"):
        if nat.value("availability_mode") == "regional":
            verdict = Verdict(Fate.SURVIVES, (f"{nat.address} is regional: AWS runs it in each zone that is in use.",))
            yield asking.all_alike(nat, Layer.NETWORK, "NAT gateway", verdict)
            continue
        subnet = nat.target("subnet_id", "aws_subnet")
        vpc = vpc_of(subnet) if subnet is not None else None
        by_vpc[vpc.address if vpc is not None else ""].append(nat)
    for gateways in by_vpc.values():
        zones = [zone for nat in gateways if (zone := zone_of_nat(nat)) is not None]
        yield asking.component(
            gateways[0],
            Layer.NETWORK,
            "NAT gateway" if len(gateways) == 1 else f"{len(gateways)} NAT gateways",
            partial(_without, asking, gateways),
            reported_by=_reported_by(asking, gateways, zones),
            spans=count_of(zones)[0] > 1,
        )


def _reported_by(asking: Asking, gateways: list[Resource], zones: list[Zone]) -> str | None:
    if any(_serves_several_zones(asking, one) for one in gateways):
        return "single-nat-multi-az"
    return "nat-of-another-zone" if count_of(zones)[0] > 1 else None


def _serves_several_zones(asking: Asking, nat: Resource) -> bool:
    try:
        return count_of(zones_of(_served(asking.graph).get(nat.address, ())))[0] > 1
    except Undecidable:
        return True  # the rule says that it cannot tell


def endpoints(asking: Asking) -> Iterator[Component]:
    """Go through the VPC endpoints."""
    for endpoint in asking.graph.of_type("aws_vpc_endpoint"):
        try:
            yield _endpoint(asking, endpoint)
        except Undecidable as reason:
            yield asking.undecidable(endpoint, Layer.NETWORK, "Endpoint", reason)


def _endpoint(asking: Asking, endpoint: Resource) -> Component:
    if not is_interface(endpoint):
        reason = f"{endpoint.address} is a route in the route tables, and has no part in a zone."
        return asking.all_alike(endpoint, Layer.NETWORK, "Gateway endpoint", Verdict(Fate.SURVIVES, (reason,)))
    zones = zones_of(subnets_of(endpoint))
    if not zones:
        raise Undecidable("subnet_ids", "its subnets are not in the configuration")
    then = "Its name answers with the addresses in the zones that are left."
    spread = Spread(endpoint.address, "has interfaces in", zones, "zone", then)
    return asking.component(endpoint, Layer.NETWORK, "Interface endpoint", spread.without, reported_by="vpce-single-az")


def cut_off(subnets: Iterable[Resource], lost: Zone) -> dict[str, str]:
    """Return which of these subnets, all outside of a zone, lose their way out with it, and why."""
    found: dict[str, str] = {}
    for subnet in subnets:
        if zone_of_subnet(subnet) == lost:
            continue
        try:
            egress = egress_of(subnet)
        except Undecidable:
            continue
        nat = egress.target
        if nat is not None and egress.way in ("nat gateway", "instance") and zone_of_nat(nat) == lost:
            found[subnet.address] = (
                f"{egress.table.name}, of {subnet.address} in {zone_of_subnet(subnet)}, sends 0.0.0.0/0 to "
                f"{nat.address} in {lost}."
            )
    return found


def lost_services(services: Iterable[str], subnets: Sequence[Resource], lost: Zone) -> list[str]:
    """Return the services that are asked through endpoints with interfaces in the lost zone only, with sentences."""
    vpc = vpc_of(subnets[0]) if subnets else None
    if vpc is None:
        return []
    found = []
    for service in services:
        zones = [zones for one in endpoints_for(vpc, service) if (zones := _zones_of_interface(one))]
        if zones and all(only == [lost] for only in zones):
            address = endpoints_for(vpc, service)[0].address
            found.append(f"{address}, by which it asks {service}, is in {lost} only.")
    return found


def endpoint_services(subnets: Sequence[Resource]) -> frozenset[str]:
    """Return the services that a VPC has endpoints for."""
    vpc = vpc_of(subnets[0]) if subnets else None
    return services_with_endpoint(vpc) if vpc is not None else frozenset()


def _zones_of_interface(endpoint: Resource) -> list[Zone]:
    try:
        return zones_of(subnets_of(endpoint)) if is_interface(endpoint) else []
    except Undecidable:
        return []


def zone_of_nat(nat: Resource) -> Zone | None:
    """Return the zone of a NAT gateway or instance; None where it has none, or its subnet is not known."""
    if nat.type not in _IN_A_SUBNET or nat.value("availability_mode") == "regional":
        return None
    try:
        subnets = subnets_in(nat, "subnet_id")
        return zone_of_subnet(subnets[0]) if subnets else None
    except Undecidable:
        return None


def _without(asking: Asking, gateways: list[Resource], lost: Zone) -> Verdict:
    zones = [zone_of_nat(nat) for nat in gateways]
    if any(zone is None for zone in zones):
        raise Undecidable("subnet_id", f"the subnets of {gateways[0].address} are not in the configuration")
    known = [zone for zone in zones if zone is not None]
    where = f"{listed([nat.address for nat in gateways])}: in {listed([str(zone) for zone in known])}."
    if all(zone.differs_from(lost) for zone in known):
        return Verdict(Fate.SURVIVES, (where, f"None is in {lost}."))
    addresses = dict.fromkeys(nat.address for nat in gateways)
    served = [subnet for address in addresses for subnet in _served(asking.graph).get(address, ())]
    remaining = [subnet for subnet in served if zone_of_subnet(subnet) != lost]
    reasons = cut_off(remaining, lost)
    left = sum(1 for zone in known if zone.differs_from(lost))
    if not reasons:
        if lost not in known:
            raise Undecidable("availability_zone", f"whether one of them is in {lost} is known only after apply")
        after = "Each zone that is left goes out through a NAT gateway of its own, or of another zone that is left."
        return Verdict(Fate.DEGRADED, (where, after), share(left, len(known), "gateway"))
    shown = tuple(list(reasons.values())[:_SHOWN])
    if len(reasons) == len(remaining):
        return Verdict(Fate.LOST, (where, *shown))
    return Verdict(Fate.DEGRADED, (where, *shown), share(len(remaining) - len(reasons), len(remaining), "subnet"))


def _served(graph: Graph) -> dict[str, list[Resource]]:
    """Find which subnets go out through what, once for a graph: address of the way out → subnets."""
    return once(graph, "zones-served", lambda: _by_way_out(graph))


def _by_way_out(graph: Graph) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for subnet in graph.of_type("aws_subnet"):
        try:
            target = egress_of(subnet).target
        except Undecidable:
            continue
        if target is not None:
            found.setdefault(target.address, []).append(subnet)
    return found
