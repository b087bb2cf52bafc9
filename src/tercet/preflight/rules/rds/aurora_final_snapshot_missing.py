"""A cluster that neither skips its final snapshot nor names it."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="aurora-final-snapshot-missing",
    title="Database that cannot be destroyed for want of a snapshot name",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A destroyed cluster leaves a final snapshot unless `skip_final_snapshot` is true, and the snapshot needs "
        "a name. Without either, Terraform makes the cluster and then refuses to destroy or replace it."
    ),
    aws_error="RDS Cluster final_snapshot_identifier is required when skip_final_snapshot is false",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBCluster.html",),
    resources=(
        "aws_rds_cluster",
        "aws_docdb_cluster",
        "aws_neptune_cluster",
        "aws_redshift_cluster",
    ),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
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
""",
)


@RULE.check
def check(cluster: Resource, _: Context) -> Iterator[Problem]:
    """Look for the one or the other."""
    if cluster.value("final_snapshot_identifier") not in (None, "") or cluster.flag("skip_final_snapshot", False):
        return
    yield Problem(
        cluster,
        "final_snapshot_identifier",
        f"skip_final_snapshot is {'false' if cluster.has('skip_final_snapshot') else 'not set'} and there is no "
        "final_snapshot_identifier: the cluster cannot be destroyed.",
        fix="Set skip_final_snapshot to true, or name the snapshot with final_snapshot_identifier.",
        aws_error=_ANSWERS.get(cluster.type),
    )


_ANSWERS = {
    "aws_redshift_cluster": (
        "Redshift Cluster Instance FinalSnapshotIdentifier is required when a final snapshot is required"
    ),
}
