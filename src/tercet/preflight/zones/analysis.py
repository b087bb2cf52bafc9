"""Gathers the zones and the components, and asks what becomes of each when each zone is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.memory import once
from tercet.preflight.network import Zone, zone_of_subnet, zone_of_value, zones_of
from tercet.preflight.zones import caches, compute, databases, entry, groups, placed, regional, stores, ways_out
from tercet.preflight.zones.asking import Analyst, Asking
from tercet.preflight.zones.model import Component, Layer, ZoneReport
from tercet.preflight.zones.spread import Spread

_ANY: Final = Zone("any", "", None, "any zone")
_MAX_ZONES: Final = 24
"""More columns nobody reads; a region has six zones at most."""

_ZONAL: Final = {
    "aws_instance": ("availability_zone",),
    "aws_ebs_volume": ("availability_zone",),
    "aws_db_instance": ("availability_zone",),
    "aws_rds_cluster_instance": ("availability_zone",),
    "aws_docdb_cluster_instance": ("availability_zone",),
    "aws_neptune_cluster_instance": ("availability_zone",),
    "aws_elasticache_cluster": ("availability_zone", "preferred_availability_zones"),
    "aws_elasticache_replication_group": ("preferred_cache_cluster_azs",),
    "aws_dax_cluster": ("availability_zones",),
    "aws_autoscaling_group": ("availability_zones",),
    "aws_elb": ("availability_zones",),
    "aws_efs_file_system": ("availability_zone_name",),
}
"""By which arguments something says its zone, or those of its parts."""

ANALYSTS: Final[tuple[Analyst, ...]] = (
    regional.regional,
    entry.load_balancers,
    compute.functions,
    groups.groups,
    compute.instances,
    stores.brokers,
    caches.caches,
    databases.proxies,
    databases.clusters,
    databases.single_instances,
    databases.search_and_analytics,
    stores.buckets,
    stores.file_systems,
    placed.placed,
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
    for kind, arguments in _ZONAL.items():
        for resource in graph.of_type(kind):
            for argument in arguments:
                found.update(_stated(resource, argument))
    return found


def _stated(resource: Resource, argument: str) -> Iterator[Zone]:
    value = resource.value(argument)
    for one in value if isinstance(value, list) else [value] if resource.has(argument) else []:
        try:
            yield zone_of_value(one, resource, argument)
        except Undecidable:
            continue


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
