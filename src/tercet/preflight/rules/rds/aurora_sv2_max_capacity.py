"""A capacity of Aurora Serverless v2 that there is none of: a maximum below 1, above all."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each

RULE = Rule(
    id="aurora-sv2-max-capacity",
    title="Serverless capacity that there is not",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The maximum capacity of Aurora Serverless v2 is at least 1 unit (0.5 and 0 are for the minimum) and at "
        "most 256. Both are given in steps of a half."
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


_LEAST: Final = {"min_capacity": 0, "max_capacity": 1}
_MOST: Final = 256


@RULE.check
def check(cluster: Resource, _: Context) -> Iterator[Problem]:
    """Compare both capacities with the limits."""
    for scaling in cluster.blocks("serverlessv2_scaling_configuration"):
        yield from ask_each(scaling, tuple(partial(_capacity, name) for name in _LEAST))


def _capacity(name: str, scaling: Block) -> Iterator[Problem]:
    units, least = scaling.number(name), _LEAST[name]
    if units is None or (least <= units <= _MOST and (units * 2) % 1 == 0):
        return
    yield Problem(
        scaling,
        name,
        f"{name} is {units}: Aurora Serverless v2 takes {least} to {_MOST} units, in steps of 0.5; the apply stops.",
        fix=f"Set {name} to at least {least}." if units < least else f"Set {name} to a multiple of 0.5 up to {_MOST}.",
        aws_error=None if 0 <= units < least else f"InvalidParameterValue: {name} {units} isn't valid",
    )
