"""A table with provisioned capacity that sets none."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.dynamodb import _tables as tables

RULE = Rule(
    id="ddb-capacity-missing",
    title="Provisioned table without capacity",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Where `billing_mode` is not set it is PROVISIONED, and `read_capacity` and `write_capacity` must be at "
        "least 1."
    ),
    aws_error='read_capacity must be at least 1 when billing_mode is "PROVISIONED"',
    confirmed=True,
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",),
    resources=("aws_dynamodb_table",),
    failing="""
resource "aws_dynamodb_table" "sessions" {
  name     = "payments-sessions-dev"
  hash_key = "session"

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

  attribute {
    name = "session"
    type = "S"
  }
}
""",
)


@RULE.check
def check(table: Resource, _: Context) -> Iterator[Problem]:
    """Look for capacity."""
    if tables.is_restored(table) or tables.is_on_demand(table):
        return
    missing = [name for name in ("read_capacity", "write_capacity") if (table.number(name, 0) or 0) < 1]
    if missing:
        mode = "PROVISIONED" if table.has("billing_mode") else "not set, that is PROVISIONED,"
        yield Problem(
            table,
            missing[0],
            f"billing_mode is {mode} and there is no {' and no '.join(missing)}; the plan stops.",
            fix='Set billing_mode to "PAY_PER_REQUEST", or give both capacities.',
            aws_error=f'{missing[0]} must be at least 1 when billing_mode is "PROVISIONED"',
        )
