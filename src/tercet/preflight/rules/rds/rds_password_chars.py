"""A master password with characters or of a length that RDS refuses."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines
from tercet.preflight.values import Reference

RULE = Rule(
    id="rds-password-chars",
    title="Master password that RDS refuses",
    severity=Severity.APPLY_FAILS,
    rationale=(
        'A master password has at least 8 characters, printable ASCII without `/`, `@`, `"` and spaces; at most '
        "41 for MySQL and MariaDB, 100 for DocumentDB, 128 for PostgreSQL and SQL Server. (A literal password is a "
        "finding of its own.)"
    ),
    aws_error=(
        "InvalidParameterValue: The parameter MasterUserPassword is not a valid password. Only printable ASCII "
        "characters besides '/', '@', '\"', ' ' may be used."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
        "https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateDBCluster.html",
    ),
    resources=(
        "aws_db_instance",
        "aws_rds_cluster",
        "aws_docdb_cluster",
    ),
    failing="""
resource "aws_db_instance" "payments" {
  identifier          = "payments-dev"
  engine              = "mysql"
  instance_class      = "db.m6g.large"
  allocated_storage   = 50
  username            = "payments"
  password            = "p@ssw0rd/1"
  storage_encrypted   = true
  skip_final_snapshot = true
}
""",
    passing="""
resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Look at the characters, and at the length."""
    name = "password" if database.type == "aws_db_instance" else "master_password"
    password = database.value(name)
    longest = _longest(database)
    yield from _random(database, name, longest)
    if not isinstance(password, str) or not password:
        return  # a password that is not known here is as it should be
    wrong = sorted({character for character in password if _is_refused(database, character)})
    if wrong:
        said = f"holds {' '.join(map(repr, wrong[:5]))}"
    elif not _SHORTEST <= len(password) <= longest:
        said = f"is {len(password)} characters long"
    else:
        return
    last = '"' if database.type == "aws_docdb_cluster" else '" and spaces'
    yield Problem(
        database,
        "",  # an argument's value is shown as evidence, and a password is not to be shown
        f"{name} {said}: AWS takes {_SHORTEST} to {longest} printable ASCII characters without / @ {last}.",
        fix="Use manage_master_user_password, or random_password with override_special.",
        also={name: "(not shown)"},
    )


def _longest(database: Resource) -> int:
    if database.type == "aws_docdb_cluster":
        return 100
    return _LONGEST.get(engines.engine_of(database) or "", 128)


def _is_refused(database: Resource, character: str) -> bool:
    """Tell whether a password cannot hold a character; DocumentDB takes spaces."""
    return character in _REFUSED or not (" " if database.type == "aws_docdb_cluster" else "!") <= character <= "~"


def _random(database: Resource, name: str, longest: int) -> Iterator[Problem]:
    """Look at the length of a random password that is used as it is."""
    if not isinstance(database.value(name), Reference):
        return  # more than the random part, or what a function makes of it
    for password in database.targets(name, "random_password", "random_string"):
        length = password.value("length")
        if isinstance(length, int) and not _SHORTEST <= length <= longest:
            yield Problem(
                password,
                "length",
                f"length is {length} and {database.address} has it for its {name}: AWS takes {_SHORTEST} to {longest} "
                "characters.",
                fix=f"Set length to {_SHORTEST if length < _SHORTEST else longest}.",
            )


_REFUSED = '/@"'
_SHORTEST = 8
_LONGEST = {"mysql": 41, "mariadb": 41, "aurora-mysql": 41, "aurora": 41}
