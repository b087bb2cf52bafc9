"""Caches, brokers and file systems: what keeps data in zones that somebody chose."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.network import Zone, subnets_in, zone_of_value, zones_of
from tercet.preflight.zones.asking import Asking
from tercet.preflight.zones.model import Component, Fate, Layer, Verdict
from tercet.preflight.zones.spread import Spread

_FILE_SYSTEMS = (
    "aws_fsx_ontap_file_system",
    "aws_fsx_openzfs_file_system",
    "aws_fsx_windows_file_system",
    "aws_fsx_lustre_file_system",
)


def caches(asking: Asking) -> Iterator[Component]:
    """Go through the caches."""
    for group in asking.graph.of_type("aws_elasticache_replication_group"):
        yield asking.component(
            group, Layer.CACHE, "Cache", partial(_replicated, group), spans=_is_put_into_several(group)
        )
    for cluster in asking.graph.of_type("aws_elasticache_cluster"):
        if cluster.has("replication_group_id"):
            continue
        memcached = cluster.value("engine") == "memcached"
        yield asking.component(
            cluster,
            Layer.CACHE,
            "Cache",
            partial(_cache_cluster, cluster),
            # What Memcached holds can be asked again from where it came.
            counts=not memcached,
        )
    for cluster in asking.graph.of_type("aws_memorydb_cluster"):
        yield asking.alike(cluster, Layer.CACHE, "MemoryDB cluster", _memory_db)


def brokers(asking: Asking) -> Iterator[Component]:
    """Go through message brokers."""
    for broker in asking.graph.of_type("aws_mq_broker"):
        yield asking.alike(broker, Layer.MESSAGES, "Broker", _broker)
    for cluster in asking.graph.of_type("aws_msk_cluster", "aws_msk_serverless_cluster"):
        yield asking.component(cluster, Layer.MESSAGES, "Kafka cluster", partial(_kafka, cluster))


def file_systems(asking: Asking) -> Iterator[Component]:
    """Go through file systems, volumes and buckets of one zone."""
    for system in asking.graph.of_type("aws_efs_file_system"):
        yield asking.component(system, Layer.STORAGE, "File system", partial(_efs, system))
    for system in asking.graph.of_type(*_FILE_SYSTEMS):
        yield asking.component(system, Layer.STORAGE, "File system", partial(_fsx, system))
    for volume in asking.graph.of_type("aws_ebs_volume"):
        yield asking.component(
            volume,
            Layer.STORAGE,
            "Volume",
            partial(_in_one_zone, volume, "availability_zone"),
            counts=False,
        )
    for bucket in asking.graph.of_type("aws_s3_directory_bucket"):
        location = bucket.value("location")
        block = Block(bucket, "location", location[0] if isinstance(location, list) and location else {})
        yield asking.component(
            bucket,
            Layer.STORAGE,
            "One-zone bucket",
            partial(_in_one_zone, block, "name"),
        )


def _is_put_into_several(group: Resource) -> bool:
    """Tell whether the zones of a group's nodes are written down, and are several."""
    zones = group.value("preferred_cache_cluster_azs")
    return isinstance(zones, list) and len({str(zone) for zone in zones}) > 1


def _replicated(group: Resource, _lost: Zone) -> Verdict:
    nodes = group.number("num_cache_clusters") or group.number("number_cache_clusters")
    replicas = group.number("replicas_per_node_group", 0)
    for block in group.blocks("cluster_mode"):
        replicas = block.number("replicas_per_node_group", replicas)
    total = int(nodes) if nodes else int(replicas or 0) + 1
    # A group with several shards fails over by itself.
    sharded = (group.number("num_node_groups", 1) or 1) > 1
    if total < 2:
        return Verdict(Fate.LOST, (f"{group.address} has one node for each part of its data, in one zone.",))
    if not group.flag("automatic_failover_enabled", False) and not sharded:
        reason = (
            f"{group.address} has {total} nodes, and automatic_failover_enabled is not true: no replica takes over."
        )
        return Verdict(Fate.LOST, (reason,))
    reason = f"automatic_failover_enabled is true: one of the {total - 1} replicas of {group.address} takes over."
    return Verdict(Fate.DEGRADED, (reason,), f"{total - 1} of {total} nodes")


def _cache_cluster(cluster: Resource, lost: Zone) -> Verdict:
    nodes = int(cluster.number("num_cache_nodes", 1) or 1)
    if cluster.text("az_mode", "single-az") == "cross-az" and nodes > 1:
        return Verdict(
            Fate.DEGRADED, (f"az_mode is cross-az: {cluster.address} has nodes in several zones.",), "some nodes"
        )
    if cluster.has("availability_zone"):
        return _in_one_zone(cluster, "availability_zone", lost)
    return Verdict(Fate.LOST, (f"{cluster.address} has its {nodes} node(s) in one zone, which AWS chooses.",))


def _memory_db(cluster: Resource) -> Verdict:
    replicas = int(cluster.number("num_replicas_per_shard", 1) or 0)
    if replicas:
        reason = f"Each shard of {cluster.address} has {replicas} replica(s) in other zones, one of which takes over."
        return Verdict(Fate.DEGRADED, (reason,), f"{replicas} of {replicas + 1} nodes")
    return Verdict(Fate.LOST, (f"num_replicas_per_shard is 0: {cluster.address} has each shard in one zone.",))


def _broker(broker: Resource) -> Verdict:
    mode = broker.text("deployment_mode", "SINGLE_INSTANCE")
    if mode == "SINGLE_INSTANCE":
        return Verdict(Fate.LOST, (f"deployment_mode of {broker.address} is SINGLE_INSTANCE: it is in one zone.",))
    return Verdict(
        Fate.DEGRADED, (f"deployment_mode of {broker.address} is {mode}: another zone takes over.",), "the standby"
    )


def _kafka(cluster: Resource, lost: Zone) -> Verdict:
    serverless = cluster.type == "aws_msk_serverless_cluster"
    block = cluster.block("vpc_config" if serverless else "broker_node_group_info")
    if block is None:
        raise Undecidable("broker_node_group_info", "its subnets are not in the configuration")
    zones = zones_of(subnets_in(block, "subnet_ids" if serverless else "client_subnets"))
    return Spread(
        cluster.address, "has brokers in", zones, "zone", "Replicas in the zones that are left take over."
    ).without(lost)


def _efs(system: Resource, lost: Zone) -> Verdict:
    if system.has("availability_zone_name"):
        return _in_one_zone(system, "availability_zone_name", lost)
    regional = f"{system.address} is regional: AWS keeps it in several zones."
    if _is_mounted_in_one_zone(system, lost):
        mounted = f"Its mount targets are all in {lost}: until there is one elsewhere, nothing can mount it."
        return Verdict(Fate.DEGRADED, (regional, mounted), "no mount target")
    return Verdict(Fate.SURVIVES, (regional,))


def _is_mounted_in_one_zone(system: Resource, zone: Zone) -> bool:
    """Tell whether all the mount targets of a file system are known, and are in this zone."""
    targets = system.referrers("aws_efs_mount_target")
    try:
        zones = [zones_of(subnets_in(target, "subnet_id")) for target in targets]
    except Undecidable:
        return False
    return bool(zones) and all(one == [zone] for one in zones) and not any(target.many for target in targets)


def _fsx(system: Resource, lost: Zone) -> Verdict:
    kind = system.text("deployment_type", "SINGLE_AZ_1") or ""
    if kind.startswith("MULTI_AZ"):
        return Verdict(
            Fate.DEGRADED, (f"deployment_type of {system.address} is {kind}: the standby takes over.",), "the standby"
        )
    zones = zones_of(subnets_in(system, "subnet_ids"))
    return Spread(system.address, "is in", zones, "zone").without(lost)


def _in_one_zone(block: Block, argument: str, lost: Zone) -> Verdict:
    zone = zone_of_value(block.value(argument), block.owner, argument)
    return Spread(block.owner.address, "is in", [zone], "part").without(lost)
