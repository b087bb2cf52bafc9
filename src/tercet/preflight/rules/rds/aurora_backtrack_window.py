"""A backtrack window that is over 72 hours, or negative."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="aurora-backtrack-window",
    title="Backtrack window out of range",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`backtrack_window` is in seconds, from 0 (off) to 259,200 (72 hours). A number of hours or of minutes is "
        "a window of a few seconds or minutes, and passes; one over 72 hours is refused."
    ),
    aws_error="expected backtrack_window to be in the range (0 - 259200), got <value>",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html",
    ),
    resources=("aws_rds_cluster",),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backtrack_window            = 604800
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
    """Compare the window with 72 hours."""
    if not cluster.has("backtrack_window"):
        return
    window = cluster.number("backtrack_window", 0) or 0
    if 0 <= window <= _LONGEST_S:
        return
    yield Problem(
        cluster,
        "backtrack_window",
        f"backtrack_window is {window}: it may be 0 to {_LONGEST_S} seconds (72 hours).",
        fix=f"Set backtrack_window to {_LONGEST_S} or less.",
        change=Change(cluster, "backtrack_window", _LONGEST_S if window > 0 else 0),
    )


_LONGEST_S = 259_200
