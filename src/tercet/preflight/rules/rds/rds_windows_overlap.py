"""A backup window and a maintenance window that overlap."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _windows as windows

RULE = Rule(
    id="rds-windows-overlap",
    title="Backup and maintenance at the same time",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "AWS refuses a maintenance window that overlaps the daily backup window. Mind the day: the backup window "
        "is every day's."
    ),
    aws_error="InvalidParameterValue: The backup window and maintenance window must not overlap.",
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",),
    resources=(
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_docdb_cluster",
        "aws_neptune_cluster",
        "aws_elasticache_cluster",
        "aws_elasticache_replication_group",
    ),
    failing="""
resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backup_window               = "03:00-04:00"
  maintenance_window          = "Mon:03:30-Mon:04:30"
}
""",
    passing="""
resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backup_window               = "03:00-04:00"
  maintenance_window          = "Mon:04:30-Mon:05:30"
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Compare the two windows."""
    backup, maintenance = windows.daily_argument(database), windows.weekly_argument(database)
    if database.value(backup) in (None, "") or database.value(maintenance) in (None, ""):
        return
    daily = windows.daily(database.text(backup) or "")
    weekly = windows.weekly(database.text(maintenance) or "")
    if daily is None or weekly is None or not windows.overlap(daily, weekly):
        return
    yield Problem(
        database,
        maintenance,
        f"{backup} is {database.text(backup)} and {maintenance} is {database.text(maintenance)}: they overlap; the "
        "apply stops.",
        fix=f"Move {maintenance} to another hour.",
        also={backup: str(database.text(backup))},
    )
