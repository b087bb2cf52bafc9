"""A backup window of less than half an hour, or one that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _windows as windows

RULE = Rule(
    id="rds-backup-window-short",
    title="Backup window that is too short or no window",
    severity=Severity.APPLY_FAILS,
    rationale="A backup window is `hh24:mi-hh24:mi` in UTC and at least 30 minutes long; it may pass midnight.",
    aws_error="InvalidParameterValue: The backup window must be at least 30 minutes.",
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",),
    resources=(
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_docdb_cluster",
        "aws_neptune_cluster",
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
  backup_window               = "03:00-03:15"
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
  backup_window               = "03:00-03:30"
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Measure the window."""
    name = "backup_window" if database.type == "aws_db_instance" else "preferred_backup_window"
    if database.value(name) in (None, "") or not (window := database.text(name)):
        return
    span = windows.daily(window)
    if span is not None and span.minutes >= windows.SHORTEST_MINUTES:
        return
    said = "is no daily window (hh24:mi-hh24:mi)" if span is None else f"is {span.minutes} minutes long"
    yield Problem(
        database,
        name,
        f"{name} is {window} and {said}: it is to be at least {windows.SHORTEST_MINUTES} minutes; the apply stops.",
        fix='Take a window such as "03:00-04:00".',
    )
