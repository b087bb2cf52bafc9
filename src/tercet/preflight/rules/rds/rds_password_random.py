"""A random master password that may hold characters which RDS refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Reference, Template

REFUSED: Final = '/@" '
USUAL: Final = "!@#$%&*()-_=+[]{}<>:?"
"""The special characters that random_password takes from, where it is told no others."""

_RANDOM: Final = ("random_password", "random_string")
_DATABASE: Final = """
resource "aws_db_instance" "payments" {
  identifier          = "payments-dev"
  engine              = "mysql"
  instance_class      = "db.m6g.large"
  allocated_storage   = 50
  username            = "payments"
  password            = random_password.payments.result
  storage_encrypted   = true
  skip_final_snapshot = true
}
"""

RULE = Rule(
    id="rds-password-random",
    title="Random master password that RDS refuses now and then",
    severity=Severity.ADVICE,
    rationale=(
        'RDS refuses `/`, `@`, `"` and spaces in a master password, and random_password draws from characters with '
        "an `@` among them unless it is told which. Most passwords have none; one that has stops the apply, and "
        "nobody sees why it went well before."
    ),
    aws_error=(
        "InvalidParameterValue: The parameter MasterUserPassword is not a valid password. Only printable ASCII "
        "characters besides '/', '@', '\"', ' ' may be used."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
        "https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/password",
        "https://github.com/pulumi/registry/issues/569",
    ),
    resources=("aws_db_instance", "aws_rds_cluster"),
    failing='\nresource "random_password" "payments" {\n  length = 32\n}\n' + _DATABASE,
    passing='\nresource "random_password" "payments" {\n  length  = 32\n  special = false\n}\n' + _DATABASE,
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Look at what the password is drawn from."""
    name = "password" if database.type == "aws_db_instance" else "master_password"
    if not isinstance(database.value(name), Reference | Template):
        return  # known, or something that a function makes of it
    for password in database.targets(name, *_RANDOM):
        if not password.flag("special", True):
            continue
        drawn = password.text("override_special") or USUAL
        refused = [character for character in REFUSED if character in drawn]
        if refused:
            yield Problem(
                password,
                "override_special" if password.has("override_special") else "",
                f"{password.address} draws from {drawn!r} for {database.address}, and RDS refuses "
                f"{' and '.join(map(repr, refused))}: the apply stops whenever one is drawn.",
                fix='Set override_special = "!#$%&*()-_=+[]{}<>:?", or special to false; or use '
                "manage_master_user_password.",
            )
