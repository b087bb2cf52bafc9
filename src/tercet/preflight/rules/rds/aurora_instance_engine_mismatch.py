"""A cluster instance whose engine is not its cluster's."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-instance-engine-mismatch",
    title="Instance of another engine than its cluster",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An instance of an Aurora cluster has the cluster's engine. `engine` is given on both: take the "
        "instance's from the cluster."
    ),
    aws_error=(
        "InvalidParameterCombination: The engine name requested for your DB instance (<engine>) doesn't match the "
        "engine name of your DB cluster (<engine>)."
    ),
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",),
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
  engine             = "aurora-postgresql"
  instance_class     = "db.r6g.large"
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
}

resource "aws_rds_cluster_instance" "payments" {
  cluster_identifier = aws_rds_cluster.payments.id
  engine             = aws_rds_cluster.payments.engine
  instance_class     = "db.r6g.large"
}
""",
)


@RULE.check
def check(instance: Resource, _: Context) -> Iterator[Problem]:
    """Compare the engines."""
    if (cluster := engines.cluster_of(instance)) is None:
        return
    own, wanted = engines.engine_of(instance), engines.engine_of(cluster)
    if own is None or wanted is None or own == wanted:
        return
    yield Problem(
        instance,
        "engine",
        f"engine is {own} and {cluster.address} is {wanted}: an instance has its cluster's engine; the apply stops.",
        fix=f"Set engine to {cluster.block_address}.engine.",
        also={f"{cluster.address}.engine": wanted},
    )
