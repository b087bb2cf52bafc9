"""A retention of Performance Insights that is not one of the allowed ones."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="rds-pi-retention",
    title="Retention that Performance Insights does not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Performance Insights keeps data for 7 days, for a number of months times 31 days (1 to 23 months), or "
        "for 731 days. Anything else is refused."
    ),
    aws_error="expected performance_insights_retention_period to be divisible by 31, got: <days>",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",),
    resources=(
        "aws_rds_cluster_instance",
        "aws_db_instance",
        "aws_rds_cluster",
    ),
    failing="""
resource "aws_db_instance" "payments" {
  identifier                            = "payments-dev"
  engine                                = "mysql"
  instance_class                        = "db.m6g.large"
  allocated_storage                     = 50
  username                              = "payments"
  manage_master_user_password           = true
  storage_encrypted                     = true
  skip_final_snapshot                   = true
  performance_insights_enabled          = true
  performance_insights_retention_period = 30
}
""",
    passing="""
resource "aws_db_instance" "payments" {
  identifier                            = "payments-dev"
  engine                                = "mysql"
  instance_class                        = "db.m6g.large"
  allocated_storage                     = 50
  username                              = "payments"
  manage_master_user_password           = true
  storage_encrypted                     = true
  skip_final_snapshot                   = true
  performance_insights_enabled          = true
  performance_insights_retention_period = 31
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Compare with what there is."""
    if not database.has("performance_insights_retention_period"):
        return
    days = database.number("performance_insights_retention_period", 0)
    if not days or days in (7, 731) or (days % 31 == 0 and 1 <= days / 31 <= _MONTHS):
        return
    yield Problem(
        database,
        "performance_insights_retention_period",
        f"performance_insights_retention_period is {days}: it is 7, 731, or 31 times a number from 1 to {_MONTHS}.",
        fix="Set it to 7, or to a multiple of 31.",
    )


_MONTHS = 23
