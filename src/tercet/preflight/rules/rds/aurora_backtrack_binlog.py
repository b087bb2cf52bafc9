"""Backtrack on a cluster whose parameters turn the binary log on."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="aurora-backtrack-binlog",
    title="Backtrack beside a binary log",
    severity=Severity.ADVICE,
    rationale=(
        "A backtrack is not written to the binary log. With `binlog_format` other than OFF, AWS answers a "
        "backtrack with an error unless it is forced, and what reads the log goes on with changes that were taken "
        "back."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.Performing0.html",
    ),
    resources=("aws_rds_cluster",),
    failing="""
resource "aws_rds_cluster_parameter_group" "payments" {
  name   = "payments-dev"
  family = "aurora-mysql8.0"

  parameter {
    name         = "binlog_format"
    value        = "ROW"
    apply_method = "pending-reboot"
  }
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier              = "payments-dev"
  engine                          = "aurora-mysql"
  master_username                 = "payments"
  manage_master_user_password     = true
  storage_encrypted               = true
  skip_final_snapshot             = true
  backtrack_window                = 259200
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
  backtrack_window                = 259200
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.payments.name
}
""",
)


@RULE.check
def check(cluster: Resource, _: Context) -> Iterator[Problem]:
    """Look into the cluster's parameter group."""
    if not cluster.has("backtrack_window") or not (window := cluster.number("backtrack_window")):
        return
    group = cluster.target("db_cluster_parameter_group_name", "aws_rds_cluster_parameter_group")
    if group is None:
        return
    for parameter in group.blocks("parameter"):
        if parameter.text("name") != "binlog_format":
            continue
        value = parameter.text("value", "OFF") or "OFF"
        if value.upper() != "OFF":
            yield Problem(
                cluster,
                "backtrack_window",
                f"backtrack_window is {window} and {group.address} sets binlog_format to {value}: a backtrack fails "
                "unless it is forced, and what reads the binary log is not told of it.",
                fix=f"Remove binlog_format from {group.address}, or backtrack_window.",
                also={f"{group.address}.binlog_format": value},
            )
