"""A new database that is given neither a user nor a password."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="rds-master-missing",
    title="Database without a user or a password",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A new database needs a master user and a password (`manage_master_user_password`, or one's own). Only "
        "replicas, restored databases and the secondaries of a global database have them from elsewhere."
    ),
    aws_error="InvalidParameterValue: The parameter MasterUsername must be provided and must not be blank.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
    ),
    resources=(
        "aws_rds_cluster",
        "aws_db_instance",
    ),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier  = "payments-dev"
  engine              = "aurora-mysql"
  storage_encrypted   = true
  skip_final_snapshot = true
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
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Look for the two."""
    if any(database.value(name) not in (None, "") for name in _ELSEWHERE):
        return
    if database.type == "aws_rds_cluster" and engines.is_global_member(database):
        return
    prefix = "master_" if database.type == "aws_rds_cluster" else ""
    passwords = (f"{prefix}password", f"{prefix}password_wo", "manage_master_user_password")
    missing = [] if database.value(f"{prefix}username") not in (None, "") else [f"{prefix}username"]
    if not any(database.value(name) not in (None, "", False) for name in passwords):
        missing.append(f"{prefix}password")
    if missing:
        _may_be_given(database, (f"{prefix}username", *passwords))
        yield Problem(
            database,
            missing[0],
            f"There is no {' and no '.join(missing)}: a new database needs both; the apply stops.",
            fix=f"Set {prefix}username, and manage_master_user_password to true.",
        )


def _may_be_given(database: Resource, names: tuple[str, ...]) -> None:
    """Give up where one is written and nothing by a variable's default: another value is given from outside.

    Raises
    ------
    Undecidable
        It is so.
    """
    graph = database.graph
    if graph.kind == "plan" or not any(one.has_default and one.default is None for one in graph.variables):
        return
    for name in names:
        if name in database.values and database.value(name) is None:
            raise Undecidable(name, "it is nothing unless a variable is given")


_ELSEWHERE = (
    "snapshot_identifier",
    "replicate_source_db",
    "replication_source_identifier",
    "restore_to_point_in_time",
    "s3_import",
    "global_cluster_identifier",
    "cluster_identifier_of_source",
)
