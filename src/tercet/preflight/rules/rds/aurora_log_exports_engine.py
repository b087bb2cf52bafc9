"""A log that is exported to CloudWatch and that the engine does not write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-log-exports-engine",
    title="Log export that the engine does not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Aurora MySQL, MySQL and MariaDB write audit, error, general and slowquery; Aurora PostgreSQL writes "
        "postgresql, PostgreSQL also upgrade; SQL Server, Oracle and Db2 have logs of their own. Newer log types are "
        "not judged: only a type that is surely another engine's is reported."
    ),
    aws_error=(
        "InvalidParameterCombination: You cannot use the log types '<log types>' with engine version <engine> "
        "<version>."
    ),
    confirmed=True,
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/issues/9669",
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
    ),
    resources=(
        "aws_rds_cluster",
        "aws_db_instance",
    ),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier              = "payments-dev"
  engine                          = "aurora-postgresql"
  master_username                 = "payments"
  manage_master_user_password     = true
  storage_encrypted               = true
  skip_final_snapshot             = true
  enabled_cloudwatch_logs_exports = ["audit", "error", "slowquery"]
}
""",
    passing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier              = "payments-dev"
  engine                          = "aurora-postgresql"
  master_username                 = "payments"
  manage_master_user_password     = true
  storage_encrypted               = true
  skip_final_snapshot             = true
  enabled_cloudwatch_logs_exports = ["postgresql"]
}
""",
)


_MYSQL: Final = ("audit", "error", "general", "slowquery")
_LOGS: Final = {
    "aurora-mysql": _MYSQL,
    "aurora-postgresql": ("postgresql",),
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "postgres": ("postgresql", "upgrade"),
    "sqlserver": ("agent", "error"),
    "oracle": ("alert", "audit", "listener", "oemagent", "trace"),
    "db2": ("diag.log", "notify.log"),
}
"""Engine, or what the names of its editions begin with → the logs that it writes."""
_KNOWN: Final = frozenset(log for logs in _LOGS.values() for log in logs)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Compare the logs with the engine's."""
    if not database.has("enabled_cloudwatch_logs_exports") or (engine := engines.engine_of(database)) is None:
        return
    own = _LOGS.get(engine) or _LOGS.get(engine.split("-")[0])
    if own is None:
        return
    wrong = [log for log in database.texts("enabled_cloudwatch_logs_exports") if log in _KNOWN and log not in own]
    if wrong:
        listed = ", ".join(wrong)
        yield Problem(
            database,
            "enabled_cloudwatch_logs_exports",
            f"enabled_cloudwatch_logs_exports has {listed}, which {engine} does not write; the apply stops.",
            fix=f"Remove {listed} from enabled_cloudwatch_logs_exports: {engine} writes {', '.join(own)}.",
            also={"engine": engine},
        )
