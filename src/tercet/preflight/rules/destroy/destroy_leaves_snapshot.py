"""A database that leaves a final snapshot, where the intent is to leave nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="destroy-leaves-snapshot",
    title="Snapshot left behind",
    severity=Severity.POLICY,
    rationale=(
        "The intent says that `terraform destroy` leaves nothing. A database leaves a final snapshot unless "
        "`skip_final_snapshot` is true: it costs, and its name stops the next destroy. Automated backups are left "
        "too if `delete_automated_backups` is false."
    ),
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DeleteCluster.html",),
    resources=(
        "aws_rds_cluster",
        "aws_db_instance",
        "aws_docdb_cluster",
        "aws_neptune_cluster",
        "aws_redshift_cluster",
    ),
    intent=Intent(destroyable=True),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  final_snapshot_identifier   = "payments-final-dev"
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
def check(database: Resource, context: Context) -> Iterator[Problem]:
    """Look for what stays."""
    if not context.intent.destroyable or database.value("replicate_source_db") not in (None, ""):
        return
    if database.has("final_snapshot_identifier") and not database.flag("skip_final_snapshot", False):
        yield Problem(
            database,
            "skip_final_snapshot",
            f"skip_final_snapshot is not true and the intent is to leave nothing: the snapshot "
            f"{database.shown('final_snapshot_identifier')} stays.",
            fix="Set skip_final_snapshot to true.",
            change=Change(database, "skip_final_snapshot", True),
        )
    if database.has("delete_automated_backups") and database.flag("delete_automated_backups") is False:
        yield Problem(
            database,
            "delete_automated_backups",
            "delete_automated_backups is false and the intent is to leave nothing: the automated backups stay.",
            fix="Remove delete_automated_backups.",
            change=Change(database, "delete_automated_backups", None),
        )
