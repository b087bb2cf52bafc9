"""Backtrack on a cluster of an Aurora global database."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-backtrack-global",
    title="Backtrack on a member of an Aurora global database",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Backtrack rewinds the storage of one cluster. A cluster that replicates to other regions cannot be "
        "rewound: AWS refuses `backtrack_window` on every member of a global database, the primary included. Some "
        "scanners demand backtrack on every Aurora MySQL cluster; on a member of a global database nobody can "
        "have it."
    ),
    aws_error="InvalidParameterCombination: Backtrack is not supported for global databases.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html",
    ),
    resources=("aws_rds_cluster",),
    failing="""
variable "master_password" {
  type      = string
  sensitive = true
}

resource "aws_rds_global_cluster" "payments" {
  global_cluster_identifier = "payments-dev"
  engine                    = "aurora-mysql"
  storage_encrypted         = true
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier        = "payments-dev"
  engine                    = "aurora-mysql"
  master_username           = "payments"
  master_password           = var.master_password
  storage_encrypted         = true
  skip_final_snapshot       = true
  global_cluster_identifier = aws_rds_global_cluster.payments.id
  backtrack_window          = 86400
}
""",
    passing="""
variable "master_password" {
  type      = string
  sensitive = true
}

resource "aws_rds_global_cluster" "payments" {
  global_cluster_identifier = "payments-dev"
  engine                    = "aurora-mysql"
  storage_encrypted         = true
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier        = "payments-dev"
  engine                    = "aurora-mysql"
  master_username           = "payments"
  master_password           = var.master_password
  storage_encrypted         = true
  skip_final_snapshot       = true
  global_cluster_identifier = aws_rds_global_cluster.payments.id
}
""",
)


@RULE.check
def check(cluster: Resource, _: Context) -> Iterator[Problem]:
    """Look for a window on a member."""
    if not cluster.has("backtrack_window") or not engines.is_global_member(cluster):
        return
    if not (window := cluster.number("backtrack_window")):
        return
    owners = engines.globals_of(cluster)
    named = owners[0].address if owners else cluster.shown("global_cluster_identifier")
    yield Problem(
        cluster,
        "backtrack_window",
        f"backtrack_window is {window} and the cluster is a member of the global database {named}: a global database "
        "cannot be backtracked; the apply stops.",
        fix="Remove backtrack_window.",
        change=Change(cluster, "backtrack_window", None),
        also={"global_cluster_identifier": named},
    )
