"""Caches: nodes that hold copies of one another, or parts of the whole."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.network import Zone, zone_of_value
from tercet.preflight.zones.asking import Asking
from tercet.preflight.zones.choice import Choice, zones_of_group
from tercet.preflight.zones.model import Component, Fate, Layer, Verdict
from tercet.preflight.zones.spread import Spread

_TAKES_OVER = "A replica in a zone that is left takes over, if the primary was in the one that is lost."
_OTHERS_LEFT = "What was in the others has to be asked again from where it came."


def caches(asking: Asking) -> Iterator[Component]:
    """Go through the caches."""
    for group in asking.graph.of_type("aws_elasticache_replication_group"):
        yield asking.component(
            group, Layer.CACHE, "Cache", partial(_replicated, group), spans=_is_put_into_several(group)
        )
    for cluster in asking.graph.of_type("aws_elasticache_cluster"):
        if cluster.has("replication_group_id"):
            continue
        yield asking.component(
            cluster,
            Layer.CACHE,
            "Cache",
            partial(_cluster, cluster),
            # What Memcached holds can be asked again from where it came.
            counts=cluster.value("engine") != "memcached",
        )
    for cluster in asking.graph.of_type("aws_memorydb_cluster"):
        yield asking.component(cluster, Layer.CACHE, "MemoryDB cluster", partial(_memory_db, cluster))
    for cluster in asking.graph.of_type("aws_dax_cluster"):
        yield asking.component(cluster, Layer.CACHE, "DAX cluster", partial(_dax, cluster))


def _is_put_into_several(group: Resource) -> bool:
    """Tell whether the zones of a group's nodes are written down, and are several."""
    zones = group.value("preferred_cache_cluster_azs")
    return isinstance(zones, list) and len({str(zone) for zone in zones}) > 1


def _replicated(group: Resource, lost: Zone) -> Verdict:
    nodes = _nodes_of_a_part(group)
    zones = zones_of_group(group, "subnet_group_name")
    placed = _stated_zones(group, "preferred_cache_cluster_azs")
    if nodes < 2:
        first = f"{group.address} has one node for each part of its data."
        return _placed_or_chosen(group, first, placed, Choice(first, zones), lost)
    # A group with several shards fails over by itself.
    sharded = (group.number("num_node_groups", 1) or 1) > 1
    if not group.flag("automatic_failover_enabled", False) and not sharded:
        first = f"{group.address} has {nodes} nodes, and automatic_failover_enabled is not true: no replica takes over."
        # The first zone that is named is the primary's.
        return _placed_or_chosen(group, first, placed[:1], Choice(first, zones), lost)
    first = f"automatic_failover_enabled is true: {group.address} has {nodes} nodes for each part of its data."
    choice = Choice(first, zones, nodes, "node", _TAKES_OVER)
    if len(placed) < nodes and not group.flag("multi_az_enabled", False):
        verdict = choice.without(lost)
        if verdict.fate is Fate.DEGRADED:
            raise Undecidable(
                "multi_az_enabled", f"whether the nodes of {group.address} are in several zones is left to AWS"
            )
        return verdict
    return _placed_or_chosen(group, first, placed, choice, lost)


def _nodes_of_a_part(group: Resource) -> int:
    """Return how many nodes hold the same part of the data."""
    if nodes := group.number("num_cache_clusters") or group.number("number_cache_clusters"):
        return int(nodes)
    replicas = group.number("replicas_per_node_group", 0)
    for block in group.blocks("cluster_mode"):
        replicas = block.number("replicas_per_node_group", replicas)
    return int(replicas or 0) + 1


def _cluster(cluster: Resource, lost: Zone) -> Verdict:
    nodes = int(cluster.number("num_cache_nodes", 1) or 1)
    zones = zones_of_group(cluster, "subnet_group_name")
    placed = _stated_zones(cluster, "preferred_availability_zones")
    if cluster.text("az_mode", "single-az") == "cross-az" and nodes > 1:
        first = f"az_mode is cross-az: {cluster.address} has {nodes} nodes in several zones."
        return _placed_or_chosen(cluster, first, placed, Choice(first, zones, nodes, "node", _OTHERS_LEFT), lost)
    first = f"{cluster.address} has its {nodes} node(s) in one zone."
    if cluster.has("availability_zone"):
        placed = [zone_of_value(cluster.value("availability_zone"), cluster)]
    return _placed_or_chosen(cluster, first, placed, Choice(first, zones), lost)


def _memory_db(cluster: Resource, lost: Zone) -> Verdict:
    replicas = int(cluster.number("num_replicas_per_shard", 1) or 0)
    zones = zones_of_group(cluster, "subnet_group_name")
    if not replicas:
        return Choice(f"num_replicas_per_shard of {cluster.address} is 0.", zones).without(lost)
    first = f"Each shard of {cluster.address} has {replicas + 1} nodes."
    return Choice(first, zones, replicas + 1, "node", _TAKES_OVER).without(lost)


def _dax(cluster: Resource, lost: Zone) -> Verdict:
    nodes = int(cluster.number("replication_factor", 1) or 1)
    first = f"{cluster.address} has {nodes} node{'' if nodes == 1 else 's'}."
    choice = Choice(first, zones_of_group(cluster, "subnet_group_name"), nodes, "node", _TAKES_OVER)
    return _placed_or_chosen(cluster, first, _stated_zones(cluster, "availability_zones"), choice, lost)


def _placed_or_chosen(resource: Resource, first: str, placed: list[Zone], choice: Choice, lost: Zone) -> Verdict:
    """Judge by the zones that are stated for the nodes, and else by those that AWS chooses among."""
    if not placed:
        return choice.without(lost)
    verdict = Spread(resource.address, "has nodes in", placed, choice.unit, choice.then).without(lost)
    return Verdict(verdict.fate, (first, *verdict.reasons), verdict.left)


def _stated_zones(block: Block, argument: str) -> list[Zone]:
    return [zone_of_value(one, block.owner) for one in block.items(argument)]
