"""Two indexes of a table that have the same name."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.dynamodb import _tables as tables

RULE = Rule(
    id="ddb-duplicate-index",
    title="Two indexes of one name",
    severity=Severity.APPLY_FAILS,
    rationale="The names of a table's indexes are unique, local and global ones together.",
    aws_error="ValidationException: One or more parameter values were invalid: Duplicate index name: <name>",
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",),
    resources=("aws_dynamodb_table",),
    failing="""
resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"
  global_secondary_index {
    name            = "merchant"
    hash_key        = "merchant"
    projection_type = "ALL"
  }

  global_secondary_index {
    name            = "merchant"
    hash_key        = "session"
    projection_type = "KEYS_ONLY"
  }

  attribute {
    name = "session"
    type = "S"
  }

  attribute {
    name = "merchant"
    type = "S"
  }
}
""",
    passing="""
resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"
  global_secondary_index {
    name            = "merchant"
    hash_key        = "merchant"
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
}
""",
)


@RULE.check
def check(table: Resource, _: Context) -> Iterator[Problem]:
    """Look for names twice."""
    seen: set[str] = set()
    for _kind, index in tables.indexes_of(table):
        name = index.text("name", "") or ""
        if name in seen:
            yield Problem(
                index,
                "name",
                f"{index.named('name')} is {name}, as another index of the table is called; the apply stops.",
                fix="Take another name.",
            )
        seen.add(name)
