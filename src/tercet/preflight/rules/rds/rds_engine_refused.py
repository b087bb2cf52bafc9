"""An engine that RDS does not have, or does not have for this resource."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

_EXAMPLE = """
resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "ENGINE"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}
"""

RULE = Rule(
    id="rds-engine-refused",
    title="Engine that RDS does not have, or not there",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "RDS knows its engines by their short names: `postgres`, and not `postgresql`. Aurora's run in a cluster: an "
        "`aws_db_instance` cannot be one of its instances, and gets storage of its own, which Aurora refuses. The "
        "engine `aurora` was Aurora for MySQL 5.6, which has ended. Editions of SQL Server, Oracle and Db2, and RDS "
        "Custom, are not compared one by one."
    ),
    aws_error="InvalidParameterValue: Invalid DB engine",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
        "https://github.com/hashicorp/terraform/issues/18009",
        "https://github.com/aws/aws-sdk-go/issues/3222",
    ),
    resources=("aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance", "aws_rds_global_cluster"),
    failing=_EXAMPLE.replace("ENGINE", "postgresql"),
    passing=_EXAMPLE.replace("ENGINE", "postgres"),
)

_AURORA: Final = ("aurora-mysql", "aurora-postgresql")
_IN_CLUSTERS: Final = (*_AURORA, "mysql", "postgres")
_ALONE: Final = ("mariadb", "mysql", "postgres")
_ENGINES: Final = {
    "aws_db_instance": _ALONE,
    "aws_rds_cluster": _IN_CLUSTERS,
    "aws_rds_cluster_instance": _IN_CLUSTERS,
    "aws_rds_global_cluster": _AURORA,
}
_EDITIONS: Final = ("custom-", "db2-", "oracle-", "sqlserver-")
"""What the names of engines with several editions begin with."""


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Compare the engine with those that there are for the resource."""
    engine = engines.engine_of(database)
    if not engine or engine in _ENGINES[database.type] or engine.startswith(_EDITIONS):
        return
    if database.type == "aws_db_instance" and engine in _AURORA:
        yield _aurora_alone(database, engine)
        return
    offered = _ENGINES[database.type]
    near = _meant(engine, offered)
    yield Problem(
        database,
        "engine",
        f"engine is {database.shown('engine')}: {database.type} has {', '.join(offered)}{_more(database)}.",
        fix=f'Set engine to "{near}".' if near else f"Set engine to one of {', '.join(offered)}.",
        aws_error=f"InvalidParameterValue: Invalid DB engine: {engine}",
    )


def _aurora_alone(database: Resource, engine: str) -> Problem:
    return Problem(
        database,
        "engine",
        f"engine is {engine}, whose instances belong to a cluster: an aws_db_instance is in none, and has storage of "
        "its own, which Aurora does not take; the apply stops.",
        fix="Make an aws_rds_cluster, and an aws_rds_cluster_instance for each instance of it.",
        aws_error=(
            f"InvalidParameterCombination: Invalid storage size for engine name {engine} and storage type aurora: "
            f"{database.shown('allocated_storage')}"
        ),
    )


def _meant(engine: str, offered: tuple[str, ...]) -> str | None:
    """Guess which of the engines was meant; `aurora` meant the one for MySQL."""
    return "aurora-mysql" if engine == "aurora" else next(iter(get_close_matches(engine[:60], offered, n=1)), None)


def _more(database: Resource) -> str:
    return ", and the editions of Oracle, SQL Server and Db2" if database.type == "aws_db_instance" else ""
