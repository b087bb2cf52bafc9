"""A cluster of the engine mode serverless, which is no longer offered."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="aurora-v1-serverless-mode",
    title="Aurora Serverless v1",
    severity=Severity.APPLY_FAILS,
    rationale=(
        'Aurora Serverless v1 (`engine_mode = "serverless"`) ended on 2025-03-31: no new cluster of that mode can '
        "be made. Serverless v2 is a provisioned cluster with `serverlessv2_scaling_configuration` and instances "
        "of class db.serverless. The modes `multimaster` and `parallelquery` have ended as well."
    ),
    aws_error="InvalidParameterValue: The engine mode <mode> you requested is currently unavailable.",
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless.html",),
    resources=("aws_rds_cluster",),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  engine_mode                 = "serverless"
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
  engine_mode                 = "provisioned"
  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 4
  }
}
""",
)


@RULE.check
def check(cluster: Resource, context: Context) -> Iterator[Problem]:
    """Compare the mode."""
    mode = cluster.text("engine_mode", "provisioned")
    if mode in _ENDED and context.as_of >= _END:
        yield Problem(
            cluster,
            "engine_mode",
            f"engine_mode is {mode}, which AWS no longer offers: no new cluster can be made; the apply stops.",
            fix="Remove engine_mode; Serverless v2 is serverlessv2_scaling_configuration and db.serverless instances.",
        )


_ENDED = ("serverless", "multimaster", "parallelquery")
_END = datetime.date(2025, 3, 31)
