"""A major version of an engine whose standard support has ended."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.knowledge import databases
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines
from tercet.preflight.rules.rds import _versions as versions

RULE = Rule(
    id="rds-engine-support-ended",
    title="Engine out of standard support",
    severity=Severity.ADVICE,
    rationale=(
        "After the end of standard support RDS goes on in Extended Support, for a price per core and hour, unless "
        "`engine_lifecycle_support` turns that off; then it upgrades the database by itself."
    ),
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html",),
    resources=(
        "aws_db_instance",
        "aws_rds_cluster",
    ),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  engine_version              = "5.7.mysql_aurora.2.12.5"
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
  engine_version              = "8.0.mysql_aurora.3.10.5"
}
""",
)


@RULE.check
def check(database: Resource, context: Context) -> Iterator[Problem]:
    """Compare the day with the end of support."""
    if not database.has("engine_version") or (engine := engines.engine_of(database)) not in versions.JUDGED:
        return
    version = database.text("engine_version", "") or ""
    ended = databases.support_ends(engine, version)
    if ended is None or context.as_of <= ended:
        return
    yield Problem(
        database,
        "engine_version",
        f"engine_version is {version}, whose standard support ended on {ended}: it is billed as Extended Support.",
        fix="Plan the upgrade to the next major version.",
    )
