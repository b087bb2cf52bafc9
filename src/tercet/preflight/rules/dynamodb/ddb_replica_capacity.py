"""A table with replicas, provisioned capacity and nothing that scales it."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.dynamodb import _tables as tables
from tercet.preflight.values import is_known, references_in

RULE = Rule(
    id="ddb-replica-capacity",
    title="Replicas of a table with fixed capacity",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Writes are replicated, so that every replica needs the write capacity of the table: DynamoDB adds a "
        "replica only to a table that is billed by request, or whose write capacity is scaled by Application Auto "
        "Scaling."
    ),
    aws_error="ValidationException: Table write capacity should either be Pay-Per-Request or AutoScaled.",
    sources=(
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_reqs_bestpractices.html",
    ),
    resources=("aws_dynamodb_table",),
    failing="""
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

resource "aws_dynamodb_table" "sessions" {
  name             = "payments-sessions-dev"
  hash_key         = "session"
  billing_mode     = "PROVISIONED"
  read_capacity    = 5
  write_capacity   = 5
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  replica {
    region_name = "us-west-2"
  }

  attribute {
    name = "session"
    type = "S"
  }
}
""",
    passing="""
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

resource "aws_dynamodb_table" "sessions" {
  name             = "payments-sessions-dev"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "session"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  replica {
    region_name = "us-west-2"
  }

  attribute {
    name = "session"
    type = "S"
  }
}
""",
)


@RULE.check
def check(table: Resource, _: Context) -> Iterator[Problem]:
    """Look for what scales the table."""
    if not table.has("replica") or not table.blocks("replica") or tables.is_on_demand(table):
        return
    for target in table.graph.of_type("aws_appautoscaling_target"):
        value = target.value("resource_id")
        mentions = any(table in table.graph.find(reference.address) for reference in references_in(value))
        if mentions or value == f"table/{table.value('name')}":
            return
        if not is_known(value) and not references_in(value):
            raise Undecidable("resource_id", f"{target.address} may scale the table")
    if table.is_passed_out():
        raise Undecidable("write_capacity", "a module that is not at hand may scale the table")
    yield Problem(
        table,
        "billing_mode",
        f"billing_mode is {table.text('billing_mode', 'PROVISIONED')}, nothing scales write_capacity and the table has "
        "replicas; the apply stops.",
        fix='Set billing_mode to "PAY_PER_REQUEST", or add an aws_appautoscaling_target for the write capacity.',
    )
