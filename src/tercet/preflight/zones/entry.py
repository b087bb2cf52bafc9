"""Names and load balancers."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import Zone, count_of, subnets_in, zone_of_subnet, zone_of_value
from tercet.preflight.zones.asking import Asking
from tercet.preflight.zones.model import Component, Layer
from tercet.preflight.zones.spread import Spread

_THEN = "Its name no longer answers with the address in the zone that is lost."


def load_balancers(asking: Asking) -> Iterator[Component]:
    """Go through the load balancers: each has a node in the zone of each of its subnets."""
    for balancer in asking.graph.of_type("aws_lb", "aws_alb", "aws_elb"):
        kind = balancer.value("load_balancer_type")
        what = "Network load balancer" if kind == "network" else "Load balancer"
        try:
            zones = _zones(balancer)
            spread = Spread(balancer.address, "has nodes in", zones, "zone", _THEN)
            application = balancer.type in ("aws_lb", "aws_alb") and kind in (None, "application")
            yield asking.component(
                balancer,
                Layer.ENTRY,
                what,
                spread.without,
                # An application load balancer in one zone is refused before it can be lost.
                reported_by="lb-subnets-one-zone" if application else None,
                # An application load balancer has to be in two; any other is there because somebody chose it.
                spans=kind == "network" and count_of(zones)[0] > 1,
            )
        except Undecidable as reason:
            yield asking.undecidable(balancer, Layer.ENTRY, what, reason)


def _zones(balancer: Resource) -> list[Zone]:
    subnets = subnets_in(balancer, "subnets")
    for mapping in balancer.blocks("subnet_mapping"):
        subnets += subnets_in(mapping, "subnet_id")
    zones = [zone_of_subnet(subnet) for subnet in subnets]
    zones += [zone_of_value(value, balancer) for value in balancer.items("availability_zones")]
    if not zones:
        raise Undecidable("subnets", f"where {balancer.address} has nodes is not in the configuration")
    return list(dict.fromkeys(zones))
