"""A local secondary index on a table that has no range key."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.dynamodb import _tables as tables

RULE = Rule(
    id="ddb-lsi-without-range",
    title="Local index on a table without a range key",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A local index sorts the items of one hash key in another way than the table does: the table must have a "
        "range key itself."
    ),
    aws_error=(
        "ValidationException: One or more parameter values were invalid: Table KeySchema does not have a range "
        "key, which is required when specifying a LocalSecondaryIndex"
    ),
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html",),
    resources=("aws_dynamodb_table",),
    failing="""
resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"
  local_secondary_index {
    name            = "by-time"
    range_key       = "time"
    projection_type = "ALL"
  }

  attribute {
    name = "session"
    type = "S"
  }

  attribute {
    name = "time"
    type = "S"
  }
}
""",
    passing="""
resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"
  range_key    = "merchant"
  local_secondary_index {
    name            = "by-time"
    range_key       = "time"
    projection_type = "ALL"
  }

  attribute {
    name = "session"
    type = "S"
  }

  attribute {
    name = "merchant"
    type = "S"
  }

  attribute {
    name = "time"
    type = "S"
  }
}
""",
)


@RULE.check
def check(table: Resource, _: Context) -> Iterator[Problem]:
    """Look for the table's range key."""
    indexes = table.blocks("local_secondary_index")
    if not indexes or table.value("range_key") not in (None, "") or tables.is_restored(table):
        return
    yield Problem(
        indexes[0],
        "range_key",
        f"The table has a local secondary index {indexes[0].shown('name')} and no range_key, which it needs; the apply "
        "stops.",
        fix="Give the table a range_key, or make the index a global_secondary_index.",
    )
