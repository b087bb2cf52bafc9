"""A maximum capacity of Aurora Serverless v2 below 1."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="aurora-sv2-max-capacity",
    title="Serverless maximum below one unit",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The maximum capacity of Aurora Serverless v2 is at least 1 unit (0.5 and 0 are for the minimum) and at "
        "most 256, in steps of a half."
    ),
    aws_error=(
        "InvalidParameterValue: Serverless v2 maximum capacity <value> isn't valid. The maximum capacity must be "
        "at least 1.0."
    ),
    confirmed=True,
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/issues/40473",
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2ScalingConfiguration.html",
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
  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 0.5
  }
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
  serverlessv2_scaling_configuration {
    min_capacity = 0.5
    max_capacity = 4
  }
}
""",
)


@RULE.check
def check(cluster: Resource, _: Context) -> Iterator[Problem]:
    """Compare the maximum with the limits."""
    for scaling in cluster.blocks("serverlessv2_scaling_configuration"):
        if not scaling.has("max_capacity"):
            continue
        most = scaling.number("max_capacity", 1) or 0
        if 1 <= most <= _MOST and (most * 2) % 1 == 0:
            continue
        yield Problem(
            scaling,
            "max_capacity",
            f"max_capacity is {most}: Aurora Serverless v2 takes 1 to {_MOST} units, in steps of 0.5; the apply stops.",
            fix="Set max_capacity to at least 1.",
        )


_MOST = 256
