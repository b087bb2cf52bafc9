"""An instance of class db.serverless in a cluster without a scaling configuration."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-sv2-no-scaling",
    title="Serverless instance in a cluster without scaling",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An instance of class db.serverless takes its capacity from `serverlessv2_scaling_configuration` of its "
        "cluster. Without that block AWS refuses the instance. (`scaling_configuration` is Serverless v1's and "
        "does nothing here.)"
    ),
    aws_error=(
        "InvalidDBClusterStateFault: Set the Serverless v2 scaling configuration on the parent DB cluster before "
        "creating a Serverless v2 DB instance."
    ),
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.create-cluster.html",),
    resources=("aws_rds_cluster_instance",),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}

resource "aws_rds_cluster_instance" "payments" {
  cluster_identifier = aws_rds_cluster.payments.id
  engine             = aws_rds_cluster.payments.engine
  instance_class     = "db.serverless"
}
""",
    passing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 4
  }
}

resource "aws_rds_cluster_instance" "payments" {
  cluster_identifier = aws_rds_cluster.payments.id
  engine             = aws_rds_cluster.payments.engine
  instance_class     = "db.serverless"
}
""",
)


@RULE.check
def check(instance: Resource, _: Context) -> Iterator[Problem]:
    """Look for the cluster's scaling."""
    if instance.text("instance_class") != "db.serverless":
        return
    cluster = engines.cluster_of(instance)
    if cluster is None or cluster.blocks("serverlessv2_scaling_configuration") or _restored(cluster):
        return
    yield Problem(
        instance,
        "instance_class",
        f"instance_class is db.serverless and {cluster.address} has no serverlessv2_scaling_configuration: AWS does "
        "not know how far to scale, and refuses the instance.",
        fix=f"Add serverlessv2_scaling_configuration with min_capacity and max_capacity to {cluster.address}.",
    )


def _restored(cluster: Resource) -> bool:
    """Tell whether the cluster may have its scaling from what it is made of."""
    return any(cluster.has(name) for name in ("snapshot_identifier", "restore_to_point_in_time"))
