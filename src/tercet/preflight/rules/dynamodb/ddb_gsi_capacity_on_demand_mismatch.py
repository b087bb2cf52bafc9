"""A global index without capacity on a table with provisioned capacity."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.dynamodb import _tables as tables

RULE = Rule(
    id="ddb-gsi-capacity-on-demand-mismatch",
    title="Index without capacity on a provisioned table",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "On a table with provisioned capacity (the default where `billing_mode` is not set) each global index has "
        "a capacity of its own, of at least 1."
    ),
    aws_error="failed to create GSI: write capacity must be > 0 when billing mode is PROVISIONED",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",),
    resources=("aws_dynamodb_table",),
    failing="""
resource "aws_dynamodb_table" "sessions" {
  name           = "payments-sessions-dev"
  hash_key       = "session"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
  write_capacity = 5

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
    passing="""
resource "aws_dynamodb_table" "sessions" {
  name           = "payments-sessions-dev"
  hash_key       = "session"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
  write_capacity = 5

  global_secondary_index {
    name            = "merchant"
    hash_key        = "merchant"
    projection_type = "ALL"
    read_capacity   = 5
    write_capacity  = 5
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
    """Look for the capacity of indexes."""
    indexes = table.blocks("global_secondary_index")
    if not indexes or tables.is_on_demand(table):
        return
    for index in indexes:
        missing = [name for name in ("read_capacity", "write_capacity") if (index.number(name, 0) or 0) < 1]
        if missing:
            yield Problem(
                index,
                missing[0],
                f"billing_mode is PROVISIONED{'' if table.has('billing_mode') else ' (not set)'} and the index "
                f"{index.shown('name')} has no {' and no '.join(missing)}; the apply stops.",
                fix=f'Set {" and ".join(missing)} of the index, or billing_mode to "PAY_PER_REQUEST".',
                also={"billing_mode": str(table.text("billing_mode", "PROVISIONED"))},
            )
