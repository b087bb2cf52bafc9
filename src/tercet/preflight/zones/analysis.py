"""Gathers the zones and the components, and asks what becomes of each when each zone is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Graph, Undecidable
from tercet.preflight.memory import once
from tercet.preflight.network import Zone, zone_of_subnet, zone_of_value, zones_of
from tercet.preflight.zones import compute, databases, entry, regional, stores, ways_out
from tercet.preflight.zones.asking import Analyst, Asking
from tercet.preflight.zones.model import Component, Layer, ZoneReport
from tercet.preflight.zones.spread import Spread

_ANY: Final = Zone("any", "", None, "any zone")
_MAX_ZONES: Final = 24
"""More columns nobody reads; a region has six zones at most."""

_ZONAL: Final = {
    "aws_instance": "availability_zone",
    "aws_ebs_volume": "availability_zone",
    "aws_db_instance": "availability_zone",
    "aws_rds_cluster_instance": "availability_zone",
    "aws_docdb_cluster_instance": "availability_zone",
    "aws_neptune_cluster_instance": "availability_zone",
    "aws_elasticache_cluster": "availability_zone",
    "aws_efs_file_system": "availability_zone_name",
}

ANALYSTS: Final[tuple[Analyst, ...]] = (
    regional.regional,
    entry.load_balancers,
    compute.functions,
    compute.services,
    compute.instance_groups,
    compute.instances,
    stores.brokers,
    stores.caches,
    databases.proxies,
    databases.clusters,
    databases.single_instances,
    databases.search_and_analytics,
    stores.file_systems,
    ways_out.nat_gateways,
    ways_out.endpoints,
)


def analyse(graph: Graph) -> ZoneReport:
    """Judge every component of a configuration for the loss of each of its zones."""
    return once(graph, "zone report", lambda: _analyse(graph))


def _analyse(graph: Graph) -> ZoneReport:
    zones = tuple(sorted(_zones(graph), key=lambda zone: (zone.region or "", zone.family, zone.key)))[:_MAX_ZONES]
    asking = Asking(graph, zones or (_ANY,))
    found = [component for analyst in (*ANALYSTS, _networks) for component in analyst(asking)]
    order = list(Layer)
    return ZoneReport(asking.zones, tuple(sorted(found, key=lambda one: order.index(one.layer))))


def _zones(graph: Graph) -> set[Zone]:
    found: set[Zone] = set()
    for subnet in graph.of_type("aws_subnet", "aws_default_subnet"):
        try:
            found.add(zone_of_subnet(subnet))
        except Undecidable:
            continue
    for kind, argument in _ZONAL.items():
        for resource in graph.of_type(kind):
            if resource.has(argument):
                try:
                    found.add(zone_of_value(resource.value(argument), resource, argument))
                except Undecidable:
                    continue
    return found


def _networks(asking: Asking) -> Iterator[Component]:
    for vpc in asking.graph.of_type("aws_vpc"):
        subnets = [one for one in vpc.referrers("aws_subnet") if vpc in one.targets("vpc_id", "aws_vpc")]
        try:
            zones = zones_of(subnets)
        except Undecidable as reason:
            yield asking.undecidable(vpc, Layer.NETWORK, "Subnets", reason)
            continue
        if zones:
            spread = Spread(
                vpc.address, "has subnets in", zones, "zone", "A subnet goes with its zone, and no other does."
            )
            yield asking.component(vpc, Layer.NETWORK, "Subnets", spread.without, counts=False)
