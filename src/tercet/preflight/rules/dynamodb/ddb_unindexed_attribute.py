"""An attribute that is declared and is a key of neither the table nor an index."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.dynamodb import _tables as tables

RULE = Rule(
    id="ddb-unindexed-attribute",
    title="Attribute that is no key",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The `attribute` blocks give the types of keys only; other attributes of items are not declared at all. "
        "One that is no key stops the plan."
    ),
    aws_error='all attributes must be indexed. Unused attributes: ["<name>"]',
    confirmed=True,
    sources=("https://github.com/hashicorp/terraform-provider-aws/issues/4123",),
    resources=("aws_dynamodb_table",),
    failing="""
resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"

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

  attribute {
    name = "session"
    type = "S"
  }
}
""",
)


@RULE.check
def check(table: Resource, _: Context) -> Iterator[Problem]:
    """Compare attributes with keys."""
    attributes = [block.text("name") for block in table.blocks("attribute")]
    keys = {block.text(name) for block, name in tables.key_arguments(table)}
    unused = [name for name in attributes if name not in keys]
    if unused and not tables.is_restored(table):
        listed = ", ".join(map(str, unused))
        verb = "is" if len(unused) == 1 else "are"
        yield Problem(
            table,
            "attribute",
            f"{listed} {verb} declared and no key of the table or of an index: only keys are declared; the plan stops.",
            fix=f"Remove the attribute block of {listed}, or add an index with it.",
            aws_error=f"all attributes must be indexed. Unused attributes: {json.dumps(unused)}",
        )
