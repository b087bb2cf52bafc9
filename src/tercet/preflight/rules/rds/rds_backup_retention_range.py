"""A retention of automated backups out of range."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="rds-backup-retention-range",
    title="Retention that RDS does not have",
    severity=Severity.APPLY_FAILS,
    rationale="Automated backups are kept for 1 to 35 days. An instance may turn them off with 0; a cluster cannot.",
    aws_error=(
        "InvalidParameterValue: Invalid backup retention period: <days>. Retention period must be between 1 and 35"
    ),
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html",),
    resources=(
        "aws_rds_cluster",
        "aws_db_instance",
    ),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backup_retention_period     = 0
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
  backup_retention_period     = 7
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Compare with the range."""
    if not database.has("backup_retention_period"):
        return
    days = database.number("backup_retention_period", 1) or 0
    least = 1 if database.type == "aws_rds_cluster" else 0
    if least <= days <= _LONGEST_DAYS:
        return
    yield Problem(
        database,
        "backup_retention_period",
        f"backup_retention_period is {days}: it is {least} to {_LONGEST_DAYS} days; the apply stops.",
        fix=f"Set it to {least or 1} to {_LONGEST_DAYS}; AWS Backup keeps for longer.",
    )


_LONGEST_DAYS = 35
