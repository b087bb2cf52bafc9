"""A table with over five local secondary indexes."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="ddb-too-many-local-indexes",
    title="Over five local indexes",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A table has at most 5 local secondary indexes, and they are made with the table only. (The 20 global "
        "ones are a quota that can be raised.)"
    ),
    aws_error=(
        "ValidationException: One or more parameter values were invalid: Number of LocalSecondaryIndexes exceeds "
        "per-table limit of 5"
    ),
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html",),
    resources=("aws_dynamodb_table",),
    failing="""
resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"
  range_key    = "time"
  local_secondary_index {
    name            = "by-1"
    range_key       = "k1"
    projection_type = "KEYS_ONLY"
  }

  local_secondary_index {
    name            = "by-2"
    range_key       = "k2"
    projection_type = "KEYS_ONLY"
  }

  local_secondary_index {
    name            = "by-3"
    range_key       = "k3"
    projection_type = "KEYS_ONLY"
  }

  local_secondary_index {
    name            = "by-4"
    range_key       = "k4"
    projection_type = "KEYS_ONLY"
  }

  local_secondary_index {
    name            = "by-5"
    range_key       = "k5"
    projection_type = "KEYS_ONLY"
  }

  local_secondary_index {
    name            = "by-6"
    range_key       = "k6"
    projection_type = "KEYS_ONLY"
  }

  attribute {
    name = "session"
    type = "S"
  }

  attribute {
    name = "time"
    type = "S"
  }

  attribute {
    name = "k1"
    type = "S"
  }

  attribute {
    name = "k2"
    type = "S"
  }

  attribute {
    name = "k3"
    type = "S"
  }

  attribute {
    name = "k4"
    type = "S"
  }

  attribute {
    name = "k5"
    type = "S"
  }

  attribute {
    name = "k6"
    type = "S"
  }
}
""",
    passing="""
resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"
  range_key    = "time"
  local_secondary_index {
    name            = "by-time"
    range_key       = "k1"
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

  attribute {
    name = "k1"
    type = "S"
  }
}
""",
)


@RULE.check
def check(table: Resource, _: Context) -> Iterator[Problem]:
    """Count the local indexes."""
    count = len(table.blocks("local_secondary_index"))
    if count > _MOST:
        yield Problem(
            table,
            "local_secondary_index",
            f"The table has {count} local secondary indexes: it may have {_MOST}; the apply stops.",
            fix="Make some of them global secondary indexes.",
        )


_MOST = 5
