"""A capacity that is set on a table that is billed by request."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.dynamodb import _tables as tables

RULE = Rule(
    id="ddb-capacity-on-demand",
    title="Capacity on a table billed by request",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A table that is billed by request has no capacity to set: `read_capacity` and `write_capacity` stop the plan."
    ),
    aws_error='read_capacity can not be set when billing_mode is "PAY_PER_REQUEST"',
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
        "https://github.com/cloudposse/terraform-aws-dynamodb/pull/101",
    ),
    resources=("aws_dynamodb_table",),
    failing="""
resource "aws_dynamodb_table" "sessions" {
  name           = "payments-sessions-dev"
  billing_mode   = "PAY_PER_REQUEST"
  hash_key       = "session"
  read_capacity  = 5
  write_capacity = 5

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
    given = [name for name in ("read_capacity", "write_capacity") if table.value(name) not in (None, 0)]
    if not given or not tables.is_on_demand(table):
        return
    given = [name for name in given if table.number(name, 0)]
    if given:
        verb = "is" if len(given) == 1 else "are"
        yield Problem(
            table,
            given[0],
            f"billing_mode is PAY_PER_REQUEST and {' and '.join(given)} {verb} set; the plan stops.",
            fix=f"Remove {' and '.join(given)}.",
            aws_error=f'{given[0]} can not be set when billing_mode is "PAY_PER_REQUEST"',
            also={name: table.shown(name) for name in given[1:]},
        )
