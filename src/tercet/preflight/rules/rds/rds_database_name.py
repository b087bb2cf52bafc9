"""A database's name, or its user's, that the engine does not take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each
from tercet.preflight.rules.rds import _engines as engines

_EXAMPLE = """
resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "postgres"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  db_name                     = "NAME"
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}
"""

RULE = Rule(
    id="rds-database-name",
    title="Name of a database or user that the engine does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The first database's name begins with a letter and has no hyphen, unlike the identifier; SQL Server has none. "
        "The user's name begins with a letter, and is no word that the engine keeps for itself."
    ),
    aws_error="InvalidParameterValue: DBName must begin with a letter and contain only alphanumeric characters.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/1137",
        "https://github.com/hashicorp/terraform-provider-aws/issues/38528",
        "https://github.com/aws-cloudformation/cfn-lint/pull/4425",
        "https://github.com/aws/aws-cdk/pull/13295",
    ),
    resources=("aws_db_instance", "aws_docdb_cluster", "aws_rds_cluster"),
    failing=_EXAMPLE.replace("NAME", "payments-dev"),
    passing=_EXAMPLE.replace("NAME", "payments_dev"),
)

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OTHER_SOURCES: Final = (
    "replicate_source_db",
    "replication_source_identifier",
    "restore_to_point_in_time",
    "s3_import",
    "snapshot_identifier",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Look at the names of what is made new; what is restored has its names already."""
    if not any(database.has(name) for name in _OTHER_SOURCES):
        yield from ask_each(database, (_user,) if database.type == "aws_docdb_cluster" else (_database, _user))


def _database(database: Resource) -> Iterator[Problem]:
    argument = "db_name" if database.type == "aws_db_instance" else "database_name"
    name = database.text(argument, "") or ""
    if not name or (engine := engines.engine_of(database)) is None:
        return
    if engine.startswith("sqlserver-"):
        yield Problem(
            database,
            argument,
            f"{argument} is {name}: {engine} makes no database at first.",
            fix=f"Remove {argument}.",
            aws_error=f"InvalidParameterValue: DBName must be null for engine: {engine}",
        )
    elif not engine.startswith(("oracle", "db2", "custom")) and not _NAME.fullmatch(name):
        subject = "DBName" if argument == "db_name" else "DatabaseName"
        yield Problem(
            database,
            argument,
            f"{argument} is {name}: it begins with a letter, and has letters, digits and underscores only.",
            fix=f"Call it {_mended(name)}.",
            aws_error=(
                f"InvalidParameterValue: {subject} must begin with a letter and contain only alphanumeric characters."
            ),
        )


def _user(database: Resource) -> Iterator[Problem]:
    argument = "username" if database.type == "aws_db_instance" else "master_username"
    name = database.text(argument, "") or ""
    engine = "docdb" if database.type == "aws_docdb_cluster" else engines.engine_of(database)
    if not name or engine is None:
        return
    if name.lower() == "rdsadmin" or (name.lower() == "admin" and _keeps_admin(engine)):
        yield Problem(
            database,
            argument,
            f"{argument} is {name}, which {engine} keeps for itself.",
            fix="Take another name.",
            aws_error=(
                f"InvalidParameterValue: MasterUsername {name} cannot be used as it is a reserved word used by the "
                "engine"
            ),
        )
    elif not name[0].isalpha():
        yield Problem(
            database,
            argument,
            f"{argument} is {name}: it begins with a letter.",
            fix="Begin it with a letter.",
            aws_error="InvalidParameterValue: MasterUsername must begin with a letter",
        )


def _keeps_admin(engine: str) -> bool:
    return engine == "docdb" or "postgres" in engine


def _mended(name: str) -> str:
    letters = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return letters if _NAME.fullmatch(letters) else f"db_{letters}"
