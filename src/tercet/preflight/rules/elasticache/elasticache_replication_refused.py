"""Replication groups and clusters whose arguments contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each, is_given

_EXAMPLE = """
resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id       = "sessions-dev"
  description                = "Sessions"
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = "cache.m6g.large"
  automatic_failover_enabled = true
  num_cache_clusters         = NODES
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
}
"""

RULE = Rule(
    id="elasticache-replication-refused",
    title="Cache whose arguments contradict each other",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Automatic failover needs a second node, several zones need automatic failover, and so does cluster mode. A "
        "password and user groups need encryption in transit. Shards and single nodes are two ways to say the size, "
        "and a cluster without replication of Redis or Valkey has one node."
    ),
    aws_error='Error: "num_cache_clusters": must be at least 2 if automatic_failover_enabled is true',
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/elasticache/replication_group.go",
        "https://github.com/hashicorp/terraform-provider-aws/issues/2730",
    ),
    resources=("aws_elasticache_replication_group", "aws_elasticache_cluster"),
    failing=_EXAMPLE.replace("NODES", "1"),
    passing=_EXAMPLE.replace("NODES", "2"),
)


@RULE.check
def check(cache: Resource, _: Context) -> Iterator[Problem]:
    """Ask what the type of the resource asks."""
    questions = _OF_GROUP if cache.type == "aws_elasticache_replication_group" else _OF_CLUSTER
    yield from ask_each(cache, questions)


def _failover_of_one(group: Resource) -> Iterator[Problem]:
    if not group.has("num_cache_clusters") or not group.flag("automatic_failover_enabled", False):
        return
    nodes = group.number("num_cache_clusters", 2) or 0
    if nodes < 2 and not _has_cluster_mode(group):
        yield Problem(
            group,
            "num_cache_clusters",
            f"automatic_failover_enabled is true and num_cache_clusters is {nodes}: there is no node to fail over to.",
            fix="Set num_cache_clusters to 2 or more, or automatic_failover_enabled to false.",
        )


def _zones_without_failover(group: Resource) -> Iterator[Problem]:
    if group.flag("multi_az_enabled", False) and not group.flag("automatic_failover_enabled", False):
        yield Problem(
            group,
            "multi_az_enabled",
            "multi_az_enabled is true without automatic_failover_enabled: several zones need automatic failover.",
            fix="Set automatic_failover_enabled to true.",
            aws_error="Error: automatic_failover_enabled must be true if multi_az_enabled is true",
        )


def _cluster_mode_without_failover(group: Resource) -> Iterator[Problem]:
    if group.has("global_replication_group_id") or group.flag("automatic_failover_enabled", False):
        return
    if _has_cluster_mode(group):
        yield Problem(
            group,
            "automatic_failover_enabled",
            "automatic_failover_enabled is false and the cache is in cluster mode, which has failover always.",
            fix="Set automatic_failover_enabled to true.",
            aws_error=(
                "InvalidParameterValue: Redis with cluster mode enabled cannot be created with auto failover turned "
                "off."
            ),
        )


def _has_cluster_mode(group: Resource) -> bool:
    if (group.number("num_node_groups", 1) or 1) > 1 or group.text("cluster_mode", "") == "enabled":
        return True
    value = group.value("parameter_group_name")
    return isinstance(value, str) and value.endswith(".cluster.on")


def _access_without_encryption(group: Resource) -> Iterator[Problem]:
    named = [name for name in ("auth_token", "user_group_ids") if is_given(group, name)]
    if not named or group.has("global_replication_group_id"):
        return
    if group.value("transit_encryption_enabled") is None and group.text("engine", "redis") != "redis":
        return  # Valkey encrypts unless it is told not to
    if not group.flag("transit_encryption_enabled", False):
        token = named[0] == "auth_token"
        yield Problem(
            group,
            named[0],
            f"{named[0]} is given and transit_encryption_enabled is not true: access is controlled over TLS only.",
            fix="Set transit_encryption_enabled to true.",
            aws_error=(
                "InvalidParameterValue: The AUTH token is only supported when encryption-in-transit is enabled"
                if token
                else "InvalidParameterCombination: User group based access control requires encryption-in-transit to "
                "be enabled on the replication group."
            ),
        )


def _two_sizes(group: Resource) -> Iterator[Problem]:
    if group.graph.kind == "plan" or not isinstance(group.value("num_cache_clusters"), int):
        return
    for other in ("num_node_groups", "replicas_per_node_group"):
        if isinstance(group.value(other), int):
            yield Problem(
                group,
                "num_cache_clusters",
                f"num_cache_clusters and {other} are both given: they are two ways to say the size.",
                fix=f"Keep {other} for shards, or num_cache_clusters for one primary with replicas.",
                aws_error=f'Error: Conflicting configuration arguments: "num_cache_clusters": conflicts with {other}',
            )
            return


def _nodes_of_redis(cluster: Resource) -> Iterator[Problem]:
    engine = cluster.text("engine", "memcached")
    nodes = cluster.number("num_cache_nodes", 1) or 1
    if engine in ("redis", "valkey") and nodes > 1:
        yield Problem(
            cluster,
            "num_cache_nodes",
            f"num_cache_nodes is {nodes}: a cluster of {engine} has one node.",
            fix="Make an aws_elasticache_replication_group, whose num_cache_clusters is the number of nodes.",
            aws_error=f'Error: engine "{engine}" does not support num_cache_nodes > 1',
        )


def _zones_of_one_node(cluster: Resource) -> Iterator[Problem]:
    if cluster.text("az_mode", "") == "cross-az" and cluster.number("num_cache_nodes", 0) == 1:
        yield Problem(
            cluster,
            "az_mode",
            "az_mode is cross-az and num_cache_nodes is 1: one node is in one zone.",
            fix="Set num_cache_nodes to 2 or more.",
            aws_error='Error: az_mode "cross-az" is not supported with num_cache_nodes = 1',
        )


_OF_GROUP = (
    _failover_of_one,
    _zones_without_failover,
    _cluster_mode_without_failover,
    _access_without_encryption,
    _two_sizes,
)
_OF_CLUSTER = (_nodes_of_redis, _zones_of_one_node)
