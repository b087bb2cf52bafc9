"""A database whose backups are kept for less than the intent says."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="rds-backup-retention-intent",
    title="Backups kept for less than stated",
    severity=Severity.POLICY,
    rationale=(
        "The intent says for how many days backups are kept at least. `backup_retention_period` of a cluster is 1 "
        "unless it is set, that of an instance 0. Where AWS Backup takes backups (the configuration has an "
        "`aws_backup_selection`), its rules are asked instead."
    ),
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html",),
    resources=(
        "aws_rds_cluster",
        "aws_db_instance",
    ),
    intent=Intent(backup_retention_days=7),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backup_retention_period     = 1
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
def check(database: Resource, context: Context) -> Iterator[Problem]:
    """Compare with the intent."""
    stated = context.intent.backup_retention_days
    if (
        not stated
        or database.graph.of_type("aws_backup_selection")
        or database.value("replicate_source_db") not in (None, "")
    ):
        return
    days = database.number("backup_retention_period", 1 if database.type == "aws_rds_cluster" else 0) or 0
    if days >= min(stated, _LONGEST_DAYS):
        return
    unset = "" if database.has("backup_retention_period") else " (not set)"
    yield Problem(
        database,
        "backup_retention_period",
        f"backup_retention_period is {days}{unset} and the intent says {stated} days.",
        fix=f"Set backup_retention_period to {min(stated, _LONGEST_DAYS)}.",
        change=Change(database, "backup_retention_period", min(stated, _LONGEST_DAYS)),
    )


_LONGEST_DAYS = 35
