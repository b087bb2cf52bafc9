"""Databases: clusters, single instances, proxies, search."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import Zone, count_of, subnets_in, zone_of_value, zones_of
from tercet.preflight.zones.asking import Asking
from tercet.preflight.zones.choice import Choice, zones_of_group
from tercet.preflight.zones.model import Component, Fate, Layer, Verdict
from tercet.preflight.zones.spread import Spread, share

_CLUSTERS: Final = {
    "aws_rds_cluster": ("aws_rds_cluster_instance", "db_subnet_group_name", "Aurora cluster"),
    "aws_docdb_cluster": ("aws_docdb_cluster_instance", "db_subnet_group_name", "DocumentDB cluster"),
    "aws_neptune_cluster": ("aws_neptune_cluster_instance", "neptune_subnet_group_name", "Neptune cluster"),
}
_PROMOTED: Final = "A reader in a zone that is left becomes the writer, if the writer was in the one that is lost."


def clusters(asking: Asking) -> Iterator[Component]:
    """Go through the clusters: what survives is an instance in another zone."""
    for kind, (instance_kind, group_argument, what) in _CLUSTERS.items():
        for cluster in asking.graph.of_type(kind):
            try:
                yield _cluster(asking, cluster, instance_kind, group_argument, what)
            except Undecidable as reason:
                yield asking.undecidable(cluster, Layer.DATABASE, what, reason)


def single_instances(asking: Asking) -> Iterator[Component]:
    """Go through the databases that are no clusters."""
    what = "Database instance"
    for database in asking.graph.of_type("aws_db_instance"):
        replica = database.has("replicate_source_db")
        try:
            standby = bool(database.flag("multi_az", False))
        except Undecidable as reason:
            yield asking.undecidable(database, Layer.DATABASE, what, reason)
            continue
        if standby:
            reason_text = f"multi_az is true: {database.address} has a standby in another zone, which takes over."
            verdict = Verdict(Fate.DEGRADED, (reason_text,), "the standby takes over")
            yield asking.all_alike(database, Layer.DATABASE, what, verdict)
            continue
        yield asking.component(
            database,
            Layer.DATABASE,
            "Read replica" if replica else what,
            partial(_alone, database, "db_subnet_group_name"),
            counts=not replica,
        )


def proxies(asking: Asking) -> Iterator[Component]:
    """Go through the database proxies."""
    for proxy in asking.graph.of_type("aws_db_proxy"):
        try:
            zones = zones_of(subnets_in(proxy, "vpc_subnet_ids"))
        except Undecidable as reason:
            yield asking.undecidable(proxy, Layer.DATABASE, "Database proxy", reason)
            continue
        spread = Spread(proxy.address, "answers in", zones, "zone", "It answers in the zones that are left.")
        yield asking.component(proxy, Layer.DATABASE, "Database proxy", spread.without)


def search_and_analytics(asking: Asking) -> Iterator[Component]:
    """Go through search domains and warehouses."""
    for domain in asking.graph.of_type("aws_opensearch_domain", "aws_elasticsearch_domain"):
        yield asking.component(domain, Layer.DATABASE, "Search domain", partial(_search, domain))
    for warehouse in asking.graph.of_type("aws_redshift_cluster"):
        yield asking.component(
            warehouse,
            Layer.DATABASE,
            "Warehouse",
            partial(_warehouse, warehouse),
            counts=False,
        )


def _cluster(asking: Asking, cluster: Resource, kind: str, group_argument: str, what: str) -> Component:
    if cluster.has("db_cluster_instance_class"):
        reason = f"{cluster.address} is a Multi-AZ cluster: a writer and two readers, each in a zone of its own."
        verdict = Verdict(Fate.DEGRADED, (reason, _PROMOTED), share(2, 3, "instance"))
        return asking.all_alike(cluster, Layer.DATABASE, "Multi-AZ database cluster", verdict)
    instances = [one for one in cluster.referrers(kind) if cluster in one.targets("cluster_identifier", cluster.type)]
    if any(one.many for one in instances):
        raise Undecidable("count", f"how many instances {cluster.address} has is not known")
    if not instances:
        if cluster.value("engine_mode") == "serverless":
            reason = f"{cluster.address} is serverless: AWS starts it in another zone."
            return asking.all_alike(cluster, Layer.DATABASE, what, Verdict(Fate.DEGRADED, (reason,), "after a restart"))
        raise Undecidable("instances", f"the instances of {cluster.address} are not in the configuration")
    if len(instances) > 1 and not any(one.has("availability_zone") for one in instances):
        return _placed_by_aws(asking, cluster, len(instances), group_argument, what)
    single = "aurora-single-instance-ha" if len(instances) == 1 and cluster.type == "aws_rds_cluster" else None
    if len(instances) == 1:
        return asking.component(
            cluster,
            Layer.DATABASE,
            what,
            lambda lost: _alone(instances[0], group_argument, lost, cluster),
            reported_by=single,
        )
    zones = [zone_of_value(one.value("availability_zone"), one) for one in instances]
    spread = Spread(cluster.address, "has instances in", zones, "instance", _PROMOTED)
    return asking.component(cluster, Layer.DATABASE, what, spread.without, spans=count_of(zones)[0] > 1)


def _placed_by_aws(asking: Asking, cluster: Resource, count: int, group_argument: str, what: str) -> Component:
    first = f"{cluster.address} has {count} instances."
    choice = Choice(first, zones_of_group(cluster, group_argument), count, "instance", _PROMOTED)
    return asking.component(cluster, Layer.DATABASE, what, choice.without)


def _alone(instance: Resource, group_argument: str, lost: Zone, cluster: Resource | None = None) -> Verdict:
    """Judge an instance that has no other."""
    name = cluster.address if cluster is not None else instance.address
    first = f"{name} has one instance, {instance.address}." if cluster is not None else f"{name} has no standby."
    if instance.has("availability_zone"):
        zone = zone_of_value(instance.value("availability_zone"), instance)
        verdict = Spread(instance.address, "is in", [zone], "instance").without(lost)
        return Verdict(verdict.fate, (first, *verdict.reasons))
    return Choice(first, zones_of_group(cluster if cluster is not None else instance, group_argument)).without(lost)


def _search(domain: Resource, lost: Zone) -> Verdict:
    config = domain.block("cluster_config")
    count = int((config.number("instance_count", 1) if config is not None else 1) or 1)
    options = domain.block("vpc_options")
    zones = zones_of(subnets_in(options, "subnet_ids")) if options is not None else []
    if config is None or not config.flag("zone_awareness_enabled", False) or count < 2:
        return Choice(f"{domain.address} has its {count} instance(s) in one zone.", zones).without(lost)
    aware = f"zone_awareness_enabled is true: {domain.address} has copies in several zones."
    if not zones:
        return Verdict(Fate.DEGRADED, (aware,), "the copies in the zones that are left")
    verdict = Spread(domain.address, "has instances in", zones, "zone").without(lost)
    return Verdict(verdict.fate, (aware, *verdict.reasons), verdict.left)


def _warehouse(warehouse: Resource, lost: Zone) -> Verdict:
    if warehouse.flag("multi_az", False) or warehouse.flag("availability_zone_relocation_enabled", False):
        return Verdict(Fate.DEGRADED, (f"{warehouse.address} moves to another zone.",), "after it has moved")
    return _alone(warehouse, "cluster_subnet_group_name", lost)
