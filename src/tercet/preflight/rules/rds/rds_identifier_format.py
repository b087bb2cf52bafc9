"""An identifier of a cluster, an instance or a final snapshot that RDS refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds._names import known_parts

RULE = Rule(
    id="rds-identifier-format",
    title="Identifier that RDS refuses",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An identifier begins with a letter, holds letters, digits and hyphens only, no two hyphens in a row and "
        "none at the end, and has at most 63 characters (255 for a final snapshot). Terraform stops capitals in "
        "identifiers of clusters and instances."
    ),
    aws_error='only lowercase alphanumeric characters and hyphens allowed in "<argument>"',
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
    ),
    resources=(
        "aws_rds_cluster",
        "aws_rds_cluster_instance",
        "aws_db_instance",
        "aws_rds_global_cluster",
    ),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments_dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
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
    """Look at the characters."""
    for name in _NAMES:
        if database.value(name) in (None, ""):
            continue
        said = _wrong(name, known_parts(database.value(name)))
        if said:
            yield Problem(
                database,
                name,
                f"{name} is {database.shown(name)}: it {said}; the apply stops.",
                fix="Take small letters, digits and single hyphens, beginning with a letter.",
            )
        else:
            database.text(name)  # where parts are not known: undecided


_NAMES = ("cluster_identifier", "identifier", "global_cluster_identifier", "final_snapshot_identifier")
_REFUSED = re.compile(r"[^A-Za-z0-9-]")
_REFERRING = ("cluster_identifier", "global_cluster_identifier")


def _wrong(name: str, parts: list[str | None]) -> str:
    """Say what is wrong of the parts that are known (None is a part that is not); nothing where nothing is."""
    text = "".join(part for part in parts if part is not None)
    longest = 255 if name == "final_snapshot_identifier" else 63
    if found := _REFUSED.search(text):
        return f"may not hold {found[0]!r}"
    if len(text) > longest:
        return f"has over {longest} characters"
    if parts and parts[0] and not parts[0][0].isalpha():
        return "does not begin with a letter"
    if (parts and parts[-1] and parts[-1].endswith("-")) or any(part and "--" in part for part in parts):
        return "has two hyphens in a row, or one at the end"
    return "holds capitals" if name != "final_snapshot_identifier" and text != text.lower() else ""
