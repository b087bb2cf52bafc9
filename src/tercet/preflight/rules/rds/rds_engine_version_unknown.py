"""A version of an engine that RDS never had."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.knowledge import databases
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines
from tercet.preflight.rules.rds import _versions as versions

RULE = Rule(
    id="rds-engine-version-unknown",
    title="Engine version that does not exist",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "RDS takes the versions that it lists, and leaves some of the community's out. The table here is of a "
        "day; a version that is newer than the newest one of its line is not judged, and neither are Oracle, SQL "
        "Server and Db2."
    ),
    aws_error="InvalidParameterCombination: Cannot find version <version> for <engine>",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.DBVersions.html",
    ),
    resources=(
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
        "aws_rds_global_cluster",
    ),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-postgresql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  engine_version              = "15.9"
}
""",
    passing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-postgresql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  engine_version              = "15.10"
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Ask the table of versions."""
    if not database.has("engine_version") or (engine := engines.engine_of(database)) not in versions.JUDGED:
        return
    version = database.text("engine_version", "") or ""
    if not version or databases.version_exists(engine, version) is not False:
        return
    if engine == "aurora-mysql" and ".mysql_aurora." not in version:
        return  # aurora-engine-version-format
    if versions.may_be_newer(engine, version):
        raise Undecidable("engine_version", f"{version} of {engine} may be newer than what is known here")
    newest = databases.newest_like(engine, version)
    yield Problem(
        database,
        "engine_version",
        f"engine_version is {version}, which RDS does not have for {engine}; the apply stops.",
        fix=f'Take "{newest}".' if newest else "Take a version that RDS lists.",
        aws_error=f"InvalidParameterCombination: Cannot find version {version} for {engine}",
    )
