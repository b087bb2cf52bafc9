"""Backtrack on another engine than Aurora MySQL."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-backtrack-engine",
    title="Backtrack on an engine that has none",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Only Aurora MySQL can be backtracked. On Aurora PostgreSQL, and on the Multi-AZ clusters of MySQL and "
        "PostgreSQL, `backtrack_window` is refused."
    ),
    aws_error="InvalidParameterValue: Backtrack is not enabled for the <engine> engine.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/4640",
    ),
    resources=("aws_rds_cluster",),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-postgresql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backtrack_window            = 259200
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
  backtrack_window            = 259200
}
""",
)


@RULE.check
def check(cluster: Resource, _: Context) -> Iterator[Problem]:
    """Compare the engine."""
    if not cluster.has("backtrack_window") or not (window := cluster.number("backtrack_window")):
        return
    engine = engines.engine_of(cluster)
    if engine is None or engine in engines.AURORA_MYSQL:
        return
    yield Problem(
        cluster,
        "backtrack_window",
        f"backtrack_window is {window} and engine is {engine}: only aurora-mysql can be backtracked; the apply stops.",
        fix="Remove backtrack_window.",
        change=Change(cluster, "backtrack_window", None),
        aws_error=f"InvalidParameterValue: Backtrack is not enabled for the {engine} engine.",
        also={"engine": engine},
    )
