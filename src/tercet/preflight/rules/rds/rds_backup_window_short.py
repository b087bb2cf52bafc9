"""A window for backups or maintenance that is too short, or one that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each
from tercet.preflight.rules.rds import _windows as windows

RULE = Rule(
    id="rds-backup-window-short",
    title="Window for backups or maintenance that is too short, or no window",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A backup window is `hh24:mi-hh24:mi` in UTC and at least 30 minutes long, and so is the weekly window for "
        "maintenance; both may pass midnight. ElastiCache wants 60 minutes for its snapshots and its maintenance."
    ),
    aws_error="InvalidParameterValue: The backup window must be at least 30 minutes.",
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
        "https://github.com/hashicorp/terraform-provider-aws/pull/2153",
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheCluster.html",
    ),
    resources=(
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
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
    """Measure both windows."""
    yield from ask_each(database, (_each_day, _each_week))


def _each_day(database: Resource) -> Iterator[Problem]:
    name = windows.daily_argument(database)
    if database.value(name) in (None, "") or not (window := database.text(name)):
        return
    span = windows.daily(window)
    if span is None:
        yield _problem(database, name, "is no daily window (hh24:mi-hh24:mi)")
    elif span.minutes < windows.shortest_minutes(database):
        yield _problem(database, name, f"is {span.minutes} minutes long")


def _each_week(database: Resource) -> Iterator[Problem]:
    name = windows.weekly_argument(database)
    if database.value(name) in (None, ""):
        return
    span = windows.weekly(database.text(name) or "")
    if span is not None and span.minutes < windows.shortest_minutes(database):
        yield _problem(database, name, f"is {span.minutes} minutes long")


def _problem(database: Resource, name: str, said: str) -> Problem:
    least = windows.shortest_minutes(database)
    what = name.removeprefix("preferred_").replace("_", " ")
    return Problem(
        database,
        name,
        f"{name} is {database.text(name)} and {said}: it is to be at least {least} minutes; the apply stops.",
        fix=f'Take a window such as "{"mon:03:00-mon:04:00" if "maintenance" in name else "03:00-04:00"}".',
        aws_error=f"InvalidParameterValue: The {what} must be at least {least} minutes.",
    )
