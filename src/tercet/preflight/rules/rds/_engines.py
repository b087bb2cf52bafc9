"""What engines there are, what clusters belong to, which instances belong to a cluster."""

from __future__ import annotations

import re
from typing import Final

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.policies import completions
from tercet.preflight.rules._order import waits_for
from tercet.preflight.rules._targets import the_one

AURORA_MYSQL: Final = ("aurora", "aurora-mysql")
AURORA: Final = (*AURORA_MYSQL, "aurora-postgresql")

_CREDENTIALS: Final = ("master_username", "master_password", "master_password_wo", "manage_master_user_password")
_MAJOR: Final = re.compile(r"(\d+)(?:\.(\d+))?")


def instances_of(cluster: Resource) -> list[Resource]:
    """Return the instances of a cluster.

    Raises
    ------
    Undecidable
        It is not known of an instance whether it is the cluster's, or instances may be added elsewhere.
    """
    found = completions(cluster.graph, "aws_rds_cluster_instance", "cluster_identifier", "aws_rds_cluster")
    sure, perhaps = found.of(cluster, [cluster.value("cluster_identifier")])
    if perhaps:
        raise Undecidable("cluster_identifier", f"{perhaps[0].address} may be an instance of {cluster.address}")
    if cluster.is_passed_out():
        raise Undecidable("instances", f"a module that is not at hand may give {cluster.address} instances")
    return sure


def cluster_of(instance: Resource) -> Resource | None:
    """Return the cluster of a cluster instance, if it is in the configuration.

    Raises
    ------
    Undecidable
        It may be one of several.
    """
    return the_one(instance, "cluster_identifier", "aws_rds_cluster")


def globals_of(cluster: Resource) -> list[Resource]:
    """Return the global databases of the configuration that a cluster is a member of."""
    found = {one.address: one for one in cluster.targets("global_cluster_identifier", "aws_rds_global_cluster")}
    for one in cluster.graph.of_type("aws_rds_global_cluster"):
        if cluster in one.targets("source_db_cluster_identifier", "aws_rds_cluster"):
            found[one.address] = one
    return list(found.values())


def is_global_member(cluster: Resource) -> bool:
    """Tell whether a cluster is a member of a global database, be that in the configuration or elsewhere."""
    return cluster.value("global_cluster_identifier") not in (None, "") or bool(globals_of(cluster))


def members_of(global_cluster: Resource) -> list[Resource]:
    """Return the clusters of a global database, in the order of the configuration."""
    return [one for one in global_cluster.graph.of_type("aws_rds_cluster") if global_cluster in globals_of(one)]


def primary_of(global_cluster: Resource) -> Resource | None:
    """Return the member that takes writes; None where the configuration does not tell.

    It is the one that the global database is made from, or that all the others wait for, or the only one with
    credentials or without a source region.
    """
    if (source := global_cluster.target("source_db_cluster_identifier", "aws_rds_cluster")) is not None:
        return source
    members = members_of(global_cluster)
    if len(members) < 2:
        return None
    for candidates in (
        [one for one in members if _is_first(one, members)],
        [one for one in members if not one.has("source_region") and not one.has("replication_source_identifier")],
        [one for one in members if has_credentials(one) or one.has("snapshot_identifier")],
    ):
        if len(candidates) == 1:
            return candidates[0]
    return None


def _is_first(cluster: Resource, members: list[Resource]) -> bool:
    """Tell whether all the others are made after a member, or after its instances."""
    made = [cluster, *cluster.referrers("aws_rds_cluster_instance")]
    return all(waits_for(other, made) for other in members if other is not cluster)


def is_secondary(cluster: Resource) -> bool:
    """Tell whether a cluster surely is a secondary member of a global database.

    Where the other members are not in the configuration, it is one if it has neither credentials nor a snapshot: a
    primary cannot be made without.
    """
    if not is_global_member(cluster):
        return False
    for one in globals_of(cluster):
        primary = primary_of(one)
        if primary is not None:
            return primary is not cluster
        if one.value("source_db_cluster_identifier") not in (None, ""):
            return True
    return not (has_credentials(cluster) or _is_restored(cluster))


def has_credentials(cluster: Resource) -> bool:
    """Tell whether a cluster is given a user's name or password."""
    return any(cluster.value(name) not in (None, "", False) for name in _CREDENTIALS)


def engine_of(block: Block) -> str | None:
    """Return the engine, in small letters.

    Raises
    ------
    Undecidable
        It is not known.
    """
    engine = block.text("engine")
    return engine.lower() if engine is not None else None


def family_version(engine: str, version: str) -> str | None:
    """Return the version in the name of a parameter group's family: ``8.0``, ``15``; None where it cannot be told."""
    if engine in AURORA_MYSQL and (match := re.match(r"(\d+\.\d+)\.mysql_aurora\.", version)):
        return match[1]
    if (match := _MAJOR.match(version)) is None:
        return None
    major, minor = match[1], match[2]
    if "postgres" in engine:
        return f"{major}.{minor}" if int(major) < 10 and minor else major
    return f"{major}.{minor}" if minor else None


def _is_restored(cluster: Resource) -> bool:
    return any(cluster.has(name) for name in ("snapshot_identifier", "restore_to_point_in_time", "s3_import"))
