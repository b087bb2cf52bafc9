"""A retention or key of Performance Insights where it is not turned on."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules._checks import is_stated

RULE = Rule(
    id="rds-pi-retention-without-pi",
    title="Settings of Performance Insights without it",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`performance_insights_retention_period` and `performance_insights_kms_key_id` are refused unless "
        "`performance_insights_enabled` is true."
    ),
    aws_error=(
        "InvalidParameterCombination: To set a Performance Insights retention period or KMS key, Performance "
        "Insights must be enabled"
    ),
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
  performance_insights_retention_period = 7
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
  performance_insights_retention_period = 7
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Look for settings without the switch."""
    if all(database.value(name) in (None, "", 0, []) for name in _SETTINGS):
        return
    if database.flag("performance_insights_enabled", False):
        return
    given = [name for name in _SETTINGS if database.value(name) != 0 and is_stated(database, name)]
    yield Problem(
        database,
        given[0],
        f"{' and '.join(given)} {'is' if len(given) == 1 else 'are'} set and performance_insights_enabled is not true; "
        "the apply stops.",
        fix="Set performance_insights_enabled to true.",
        change=Change(database, "performance_insights_enabled", True),
        also={name: database.shown(name) for name in given[1:]},
    )


_SETTINGS = ("performance_insights_retention_period", "performance_insights_kms_key_id")
