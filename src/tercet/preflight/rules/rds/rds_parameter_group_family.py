"""A parameter group whose family is not that of the database."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="rds-parameter-group-family",
    title="Parameter group of another engine",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A parameter group is made for one family, that is for an engine and its major version: aurora-mysql8.0, "
        "postgres16. A database of another family refuses it."
    ),
    aws_error=(
        "InvalidParameterCombination: The Parameter Group <group> with DBParameterGroupFamily <family> cannot be "
        "used for this instance. Please use a Parameter Group with DBParameterGroupFamily <family>"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html",
        "https://github.com/aws-quickstart/quickstart-r3-corda/issues/25",
    ),
    resources=(
        "aws_rds_cluster",
        "aws_db_instance",
        "aws_rds_cluster_instance",
    ),
    failing="""
resource "aws_rds_cluster_parameter_group" "payments" {
  name   = "payments-dev"
  family = "aurora-mysql5.7"
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier              = "payments-dev"
  engine                          = "aurora-mysql"
  master_username                 = "payments"
  manage_master_user_password     = true
  storage_encrypted               = true
  skip_final_snapshot             = true
  engine_version                  = "8.0.mysql_aurora.3.10.0"
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.payments.name
}
""",
    passing="""
resource "aws_rds_cluster_parameter_group" "payments" {
  name   = "payments-dev"
  family = "aurora-mysql8.0"
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier              = "payments-dev"
  engine                          = "aurora-mysql"
  master_username                 = "payments"
  manage_master_user_password     = true
  storage_encrypted               = true
  skip_final_snapshot             = true
  engine_version                  = "8.0.mysql_aurora.3.10.0"
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.payments.name
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Compare the families."""
    for name, types in _GROUPS.items():
        group = database.target(name, *types)
        if group is None:
            continue
        family, engine = group.text("family", "") or "", engines.engine_of(database)
        if engine is None or not family:
            continue
        wanted = _wanted(database, engine)
        if family == wanted or (wanted is None and re.fullmatch(re.escape(engine) + r"-?[\d.]+", family)):
            continue
        if wanted is None and not _is_plain(engine):
            continue
        yield Problem(
            database,
            name,
            f"{name} is {group.address}, of the family {family}, and the database is "
            f"{wanted or engine}: the group is for another engine or version; the apply stops.",
            fix=f'Set family of {group.address} to "{wanted or engine + "<major version>"}".',
            also={f"{group.address}.family": family, "engine": engine},
        )


_GROUPS = {
    "db_cluster_parameter_group_name": ("aws_rds_cluster_parameter_group",),
    "db_parameter_group_name": ("aws_db_parameter_group",),
    "parameter_group_name": ("aws_db_parameter_group",),
}


def _is_plain(engine: str) -> bool:
    """Tell whether an engine's families are its name and its major version."""
    return engine in ("mysql", "mariadb", "postgres", "aurora-mysql", "aurora-postgresql")


def _wanted(database: Resource, engine: str) -> str | None:
    """Return the family that the database has; None where its version does not tell."""
    holder = (engines.cluster_of(database) if database.type == "aws_rds_cluster_instance" else None) or database
    version = holder.text("engine_version", "") or ""
    if not version or not _is_plain(engine):
        return None
    major = engines.family_version(engine, version)
    if major is None or (engine in engines.AURORA_MYSQL and ".mysql_aurora." not in version):
        return None
    return engine + major
