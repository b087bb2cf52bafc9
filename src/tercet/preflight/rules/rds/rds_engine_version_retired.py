"""A version of an engine that AWS has retired."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.knowledge import databases
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines
from tercet.preflight.rules.rds import _versions as versions

RULE = Rule(
    id="rds-engine-version-retired",
    title="Engine version that is no longer offered",
    severity=Severity.ADVICE,
    rationale=(
        "AWS retires versions: a retired one goes on where it runs, and cannot be had for a new database. Whether "
        "this is a new one is not known here."
    ),
    aws_error="InvalidParameterCombination: Cannot find version <version> for <engine>",
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.VersionPolicy.html",),
    resources=(
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_rds_global_cluster",
    ),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  engine_version              = "8.0.mysql_aurora.3.02.0"
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
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Ask the table of versions."""
    if not database.has("engine_version") or (engine := engines.engine_of(database)) not in versions.JUDGED:
        return
    version = database.text("engine_version", "") or ""
    if not databases.version_is_retired(engine, version) or versions.is_a_line(engine, version):
        return
    newest = databases.newest_like(engine, version)
    yield Problem(
        database,
        "engine_version",
        f"engine_version is {version}, which AWS has retired: it cannot be had for a new database.",
        fix=f'Take "{newest}".' if newest else "Take a version that RDS lists.",
        aws_error=f"InvalidParameterCombination: Cannot find version {version} for {engine}",
    )
