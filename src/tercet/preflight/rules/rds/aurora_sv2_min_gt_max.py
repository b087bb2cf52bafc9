"""A minimum capacity of Aurora Serverless v2 above the maximum."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="aurora-sv2-min-gt-max",
    title="Serverless minimum above the maximum",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`min_capacity` may equal `max_capacity` and may not be above it; it is 0 (pauses when idle) to 256, in "
        "steps of a half."
    ),
    aws_error=(
        "InvalidParameterValue: Serverless v2 minimum capacity <value> isn't valid. It is greater than the "
        "maximum capacity"
    ),
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ServerlessV2ScalingConfiguration.html",),
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
    min_capacity = 8
    max_capacity = 4
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
    """Compare the minimum with the maximum."""
    for scaling in cluster.blocks("serverlessv2_scaling_configuration"):
        if not scaling.has("min_capacity") or not scaling.has("max_capacity"):
            continue
        least, most = scaling.number("min_capacity", 0) or 0, scaling.number("max_capacity", 0) or 0
        if least > most:
            yield Problem(
                scaling,
                "min_capacity",
                f"min_capacity is {least} and max_capacity is {most}: the minimum is the larger; the apply stops.",
                fix="Swap the two, or raise max_capacity.",
                also={scaling.named("max_capacity"): str(most)},
            )
