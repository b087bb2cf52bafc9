"""An instance that is to be in several zones and names one."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules._checks import is_stated

RULE = Rule(
    id="rds-az-with-multi-az",
    title="One zone named for a database of several",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "With `multi_az` AWS chooses the zones of the instance and its standby from the subnet group. Naming one "
        "is refused."
    ),
    aws_error=(
        "InvalidParameterCombination: Requesting a specific availability zone is not valid for Multi-AZ instances."
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",),
    resources=("aws_db_instance",),
    failing="""
resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  multi_az                    = true
  availability_zone           = "us-east-1a"
}
""",
    passing="""
resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  multi_az                    = true
}
""",
)


@RULE.check
def check(instance: Resource, _: Context) -> Iterator[Problem]:
    """Look for both."""
    if not instance.flag("multi_az", False) or not is_stated(instance, "availability_zone"):
        return
    yield Problem(
        instance,
        "availability_zone",
        f"multi_az is true and availability_zone is {instance.shown('availability_zone')}: AWS chooses the zones; the "
        "apply stops.",
        fix="Remove availability_zone.",
        change=Change(instance, "availability_zone", None),
        also={"multi_az": "true"},
    )
