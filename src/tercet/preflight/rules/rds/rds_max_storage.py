"""A limit of storage growth that is not above the allocated storage."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="rds-max-storage",
    title="Storage that may grow to less than it is",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`max_allocated_storage` is how far the storage may grow: it must be above `allocated_storage`, or 0 to "
        "turn growing off."
    ),
    aws_error="InvalidParameterCombination: Max storage size must be greater than storage size",
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html",),
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
  max_allocated_storage       = 40
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
  max_allocated_storage       = 100
}
""",
)


@RULE.check
def check(instance: Resource, _: Context) -> Iterator[Problem]:
    """Compare the two sizes."""
    if not instance.has("max_allocated_storage") or not instance.has("allocated_storage"):
        return
    most, size = instance.number("max_allocated_storage", 0) or 0, instance.number("allocated_storage", 0) or 0
    if not most or most >= size:
        return
    yield Problem(
        instance,
        "max_allocated_storage",
        f"max_allocated_storage is {most} and allocated_storage is {size}: it may not grow to less than it is.",
        fix="Raise max_allocated_storage above allocated_storage, or remove it.",
        also={"allocated_storage": str(size)},
    )
