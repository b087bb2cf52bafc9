"""Brokers and file systems: what keeps data in zones that somebody chose."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.network import Zone, subnets_in, zone_of_value, zones_of
from tercet.preflight.zones.asking import Asking
from tercet.preflight.zones.choice import Choice
from tercet.preflight.zones.model import Component, Fate, Layer, Verdict
from tercet.preflight.zones.spread import Spread

_FILE_SYSTEMS = (
    "aws_fsx_ontap_file_system",
    "aws_fsx_openzfs_file_system",
    "aws_fsx_windows_file_system",
    "aws_fsx_lustre_file_system",
)


def brokers(asking: Asking) -> Iterator[Component]:
    """Go through message brokers."""
    for broker in asking.graph.of_type("aws_mq_broker"):
        yield asking.component(broker, Layer.MESSAGES, "Broker", partial(_broker, broker))
    for cluster in asking.graph.of_type("aws_msk_cluster", "aws_msk_serverless_cluster"):
        yield asking.component(cluster, Layer.MESSAGES, "Kafka cluster", partial(_kafka, cluster))


def file_systems(asking: Asking) -> Iterator[Component]:
    """Go through file systems, volumes and buckets of one zone."""
    for system in asking.graph.of_type("aws_efs_file_system"):
        yield asking.component(system, Layer.STORAGE, "File system", partial(_efs, system))
    for system in asking.graph.of_type(*_FILE_SYSTEMS):
        # Lustre is of one zone only: whoever chose it has chosen that.
        counts = system.type != "aws_fsx_lustre_file_system"
        yield asking.component(system, Layer.STORAGE, "File system", partial(_fsx, system), counts=counts)
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
            # The zone is part of its name: whoever made it has chosen that.
            counts=False,
        )


def buckets(asking: Asking) -> Iterator[Component]:
    """Go through the buckets, which are regional unless objects are moved into one zone."""
    for bucket in asking.graph.of_type("aws_s3_bucket"):
        yield asking.alike(bucket, Layer.STORAGE, "Bucket", _bucket)


def _bucket(bucket: Resource) -> Verdict:
    for lifecycle in bucket.referrers("aws_s3_bucket_lifecycle_configuration"):
        for rule in lifecycle.blocks("rule"):
            if any(one.value("storage_class") == "ONEZONE_IA" for one in rule.blocks("transition")):
                moved = f"{lifecycle.address} moves objects to ONEZONE_IA, which are in one zone, that AWS chooses."
                return Verdict(Fate.DEGRADED, (moved,), "without objects of one zone")
    return Verdict(Fate.SURVIVES, (f"{bucket.address} is regional: AWS keeps it in at least three zones.",))


def _broker(broker: Resource, lost: Zone) -> Verdict:
    mode = broker.text("deployment_mode", "SINGLE_INSTANCE")
    zones = zones_of(subnets_in(broker, "subnet_ids"))
    if mode == "SINGLE_INSTANCE":
        return Choice(f"deployment_mode of {broker.address} is SINGLE_INSTANCE.", zones).without(lost)
    return _with_standby(broker, "deployment_mode", zones, lost)


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
    zones = zones_of(subnets_in(system, "subnet_ids"))
    if kind.startswith("MULTI_AZ"):
        return _with_standby(system, "deployment_type", zones, lost)
    return Spread(system.address, "is in", zones, "zone").without(lost)


def _with_standby(resource: Resource, argument: str, zones: list[Zone], lost: Zone) -> Verdict:
    """Judge what has another part in another zone, because an argument says so."""
    reason = f"{argument} of {resource.address} is {resource.shown(argument)}: another zone takes over."
    if zones and all(zone.differs_from(lost) for zone in zones):
        return Verdict(Fate.SURVIVES, (reason, f"Nothing of it is in {lost}."))
    return Verdict(Fate.DEGRADED, (reason,), "the standby takes over")


def _in_one_zone(block: Block, argument: str, lost: Zone) -> Verdict:
    zone = zone_of_value(block.value(argument), block.owner, argument)
    return Spread(block.owner.address, "is in", [zone], "part").without(lost)
