"""A table without point-in-time recovery."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="ddb-pitr",
    title="Table that cannot be restored to a point in time",
    severity=Severity.POLICY,
    rationale=(
        "The intent says that tables can be restored to a point in time. `point_in_time_recovery` is off unless "
        "it is turned on, and a replica has its own."
    ),
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html",),
    resources=("aws_dynamodb_table",),
    intent=Intent(pitr=True),
    failing="""
resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"

  attribute {
    name = "session"
    type = "S"
  }
}
""",
    passing="""
resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"
  point_in_time_recovery {
    enabled = true
  }

  attribute {
    name = "session"
    type = "S"
  }
}
""",
)


@RULE.check
def check(table: Resource, context: Context) -> Iterator[Problem]:
    """Compare with the intent."""
    if not context.intent.pitr:
        return
    if not any(block.flag("enabled", False) for block in table.blocks("point_in_time_recovery")):
        said = "is not enabled" if table.has("point_in_time_recovery") else "is not set"
        yield Problem(
            table,
            "point_in_time_recovery",
            f"point_in_time_recovery {said} and the intent says that tables can be restored to a point in time.",
            fix="Add point_in_time_recovery { enabled = true }.",
        )
    for replica in table.blocks("replica"):
        if not replica.flag("point_in_time_recovery", False):
            yield Problem(
                replica,
                "point_in_time_recovery",
                f"The replica in {replica.shown('region_name')} has no point_in_time_recovery: the intent asks for it.",
                fix="Set point_in_time_recovery of the replica to true.",
                change=Change(replica, "point_in_time_recovery", True),
            )
