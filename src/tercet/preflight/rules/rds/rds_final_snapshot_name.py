"""A name of a final snapshot that RDS refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds._names import known_parts

RULE = Rule(
    id="rds-final-snapshot-name",
    title="Name of a final snapshot that RDS refuses",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The name of a snapshot begins with a letter, holds letters, digits and hyphens only, no two hyphens in a "
        "row and none at the end, and has at most 255 characters. Terraform refuses another when it plans."
    ),
    aws_error='only alphanumeric characters and hyphens allowed in "final_snapshot_identifier"',
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBCluster.html",),
    resources=(
        "aws_rds_cluster",
        "aws_db_instance",
    ),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  final_snapshot_identifier   = "payments_final_dev"
}
""",
    passing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  final_snapshot_identifier   = "payments-final-dev"
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Look at the characters."""
    name = "final_snapshot_identifier"
    if database.value(name) in (None, ""):
        return
    if said := _wrong(known_parts(database.value(name))):
        yield Problem(
            database,
            name,
            f"{name} is {database.shown(name)}: it {said}; the plan stops.",
            fix="Take letters, digits and single hyphens, beginning with a letter.",
        )
    else:
        database.text(name)  # where parts are not known: undecided


_REFUSED = re.compile(r"[^A-Za-z0-9-]")
_LONGEST = 255


def _wrong(parts: list[str | None]) -> str:
    """Say what is wrong of the parts that are known (None is a part that is not); nothing where nothing is."""
    text = "".join(part for part in parts if part is not None)
    if found := _REFUSED.search(text):
        return f"may not hold {found[0]!r}"
    if len(text) > _LONGEST:
        return f"has over {_LONGEST} characters"
    if parts[0] and not parts[0][0].isalpha():
        return "does not begin with a letter"
    if (parts[-1] and parts[-1].endswith("-")) or any(part and "--" in part for part in parts):
        return "has two hyphens in a row, or one at the end"
    return ""
