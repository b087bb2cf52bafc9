"""A cluster that aims at several zones and has one instance, or all of them in one zone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._tags import default_tags
from tercet.preflight.rules.rds import _engines as engines
from tercet.preflight.values import Reference

RULE = Rule(
    id="aurora-single-instance-ha",
    title="Aurora cluster with nothing to fail over to",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "With one instance there is nothing to fail over to: when it or its zone is lost, Aurora makes a new one, "
        "which takes ten minutes and more. Two instances in two zones fail over in about half a minute. The rule "
        "speaks where the configuration aims at surviving a zone, or is written for several instances: the intent "
        "says so (`multi_az`, `az_count` of 2 or more), the cluster is protected from deletion or marked as "
        "production, several zones or subnets are named for it, or its instances have a `count` or `for_each` "
        "that comes to one. A single instance without any of this is taken for a deliberate small environment, "
        "and an intent with `multi_az = false` for a decision."
    ),
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html",),
    resources=("aws_rds_cluster",),
    failing="""
resource "aws_db_subnet_group" "payments" {
  name       = "payments-dev"
  subnet_ids = ["subnet-0a1b2c3d", "subnet-1a2b3c4d", "subnet-2a3b4c5d"]
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  db_subnet_group_name        = aws_db_subnet_group.payments.name
  deletion_protection         = true
}

resource "aws_rds_cluster_instance" "payments" {
  count              = 1
  identifier         = "payments-${count.index}-dev"
  cluster_identifier = aws_rds_cluster.payments.id
  engine             = aws_rds_cluster.payments.engine
  instance_class     = "db.r6g.large"
}
""",
    passing="""
resource "aws_db_subnet_group" "payments" {
  name       = "payments-dev"
  subnet_ids = ["subnet-0a1b2c3d", "subnet-1a2b3c4d", "subnet-2a3b4c5d"]
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  db_subnet_group_name        = aws_db_subnet_group.payments.name
  deletion_protection         = true
}

resource "aws_rds_cluster_instance" "payments" {
  count              = 2
  identifier         = "payments-${count.index}-dev"
  cluster_identifier = aws_rds_cluster.payments.id
  engine             = aws_rds_cluster.payments.engine
  instance_class     = "db.r6g.large"
}
""",
)


@RULE.check
def check(cluster: Resource, context: Context) -> Iterator[Problem]:
    """Count the instances and their zones."""
    engine = engines.engine_of(cluster)
    if (
        engine not in engines.AURORA
        or cluster.many
        or (engines.is_global_member(cluster) and engines.is_secondary(cluster))
    ):
        return
    if context.intent.multi_az is False or context.intent.az_count == 1:
        return
    instances = engines.instances_of(cluster)
    if (zone := _only_zone(instances)) is not None:
        yield Problem(
            instances[0],
            "availability_zone",
            f"All {len(instances)} instances of {cluster.address} are in {zone}: they fall together.",
            fix="Remove availability_zone, or give each instance another.",
        )
        return
    aim = aim_of(cluster, instances, context)
    if not aim or is_scaled(cluster):
        return
    if any(one.many for one in instances):
        raise Undecidable("instances", "the number of the cluster's instances is not known")
    stated = context.intent.multi_az or (context.intent.az_count or 1) > 1
    if len(instances) == 1 or (not instances and stated):
        has = "one instance" if instances else "no instance"
        yield Problem(
            cluster,
            "cluster_identifier",
            f"The cluster has {has} and {aim}: when its zone is lost there is nothing to fail over to.",
            fix="Add an aws_rds_cluster_instance in another zone (count = 2 or more).",
            also={"instances": ", ".join(one.address for one in instances) or "none"},
        )


_PRODUCTION = re.compile(r"(?<![a-z])(?<!non[^a-z])(?<!pre[^a-z])(?<!not[^a-z])prod(uction)?(?![a-z])")
"""A word of its own, and not what only comes before production, as ``non-prod`` and ``pre-prod`` do."""


def _only_zone(instances: list[Resource]) -> str | None:
    """Return the zone that several instances are all put in; None where they are not."""
    zones = [one.value("availability_zone") for one in instances]
    if len(zones) < 2 or not all(isinstance(zone, str | Reference) and zone for zone in zones):
        return None
    return str(zones[0]) if len(set(zones)) == 1 and "[*]" not in str(zones[0]) else None


def aim_of(cluster: Resource, instances: list[Resource], context: Context) -> str:
    """Say by what the cluster aims at surviving a zone; nothing where it does not plainly do so."""
    if context.intent.multi_az or (context.intent.az_count or 1) > 1:
        return "the intent is to survive the loss of a zone"
    if cluster.value("deletion_protection") in (True, "true"):
        return "it is protected from deletion"
    if _is_production(cluster):
        return "it is marked as production"
    zones = cluster.value("availability_zones")
    if isinstance(zones, list) and len(zones) > 1:
        return f"its availability_zones are {cluster.shown('availability_zones')}"
    if len(instances) == 1 and instances[0].address.endswith("]"):
        return f"{instances[0].block_address} is made to have several"
    return _subnets(cluster)


def _is_production(cluster: Resource) -> bool:
    given = (default_tags(cluster), cluster.value("tags"))
    tags = {name: one for some in given if isinstance(some, dict) for name, one in some.items()}
    said = [*tags.values(), cluster.value("cluster_identifier")]
    return any(isinstance(one, str) and _PRODUCTION.search(one.lower()) for one in said)


def _subnets(cluster: Resource) -> str:
    group = cluster.target("db_subnet_group_name", "aws_db_subnet_group")
    subnets = group.value("subnet_ids") if group is not None else None
    if group is None or not isinstance(subnets, list) or len(subnets) < 2:
        return ""
    return f"its subnet group {group.address} has {len(subnets)} subnets"


def is_scaled(cluster: Resource) -> bool:
    """Tell whether Application Auto Scaling adds readers."""
    return any(
        target.text("scalable_dimension") == "rds:cluster:ReadReplicaCount"
        for target in cluster.referrers("aws_appautoscaling_target")
    )
