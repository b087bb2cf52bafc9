"""A version of Aurora MySQL that is written as one of MySQL."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.knowledge import databases
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-engine-version-format",
    title="Version of the community's engine given to Aurora",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Aurora MySQL has versions of its own, written as `8.0.mysql_aurora.3.10.0`: MySQL's version, then "
        "Aurora's. A version of MySQL such as 8.0.35 does not exist in Aurora. `8.0` alone is taken as the newest "
        "default of that line."
    ),
    aws_error="InvalidParameterCombination: Cannot find version <version> for aurora-mysql",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.Updates.30Updates.html",
    ),
    resources=(
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
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
  engine_version              = "8.0.35"
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
  engine_version              = "8.0.mysql_aurora.3.10.0"
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Look how the version is written."""
    if not database.has("engine_version") or engines.engine_of(database) != "aurora-mysql":
        return
    version = database.text("engine_version", "") or ""
    if not version or ".mysql_aurora." in version or databases.version_exists("aurora-mysql", version):
        return
    newest = databases.newest_like("aurora-mysql", version)
    yield Problem(
        database,
        "engine_version",
        f"engine_version is {version}, which is none of Aurora's: those are written as 8.0.mysql_aurora.3.10.0; the "
        "apply stops.",
        fix=f'Take "{newest or "8.0.mysql_aurora.3.10.0"}".',
        aws_error=f"InvalidParameterCombination: Cannot find version {version} for aurora-mysql",
    )
