"""A key of the table or of an index without an attribute block."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.dynamodb import _tables as tables

RULE = Rule(
    id="ddb-key-not-defined",
    title="Key that is missing, or whose type is not declared",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Each key of the table and of its indexes needs an `attribute` block with its type; and a table needs a key."
    ),
    aws_error='all indexes must match a defined attribute. Unmatched indexes: ["<name>"]',
    confirmed=True,
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/pull/6364",
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html",
    ),
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
    """Compare keys with attributes."""
    if tables.is_restored(table):
        return
    if not any(table.has(name) for name in _KEYS):
        yield Problem(
            table,
            "hash_key",
            "The table has no hash_key: a table that is made of nothing else needs a key; the apply stops.",
            fix="Set hash_key to the attribute that tells items apart, and declare that in an attribute block.",
            aws_error=(
                "ValidationException: 1 validation error detected: Value at 'keySchema' failed to satisfy constraint: "
                "Member must have length greater than or equal to 1"
            ),
        )
    attributes = {block.text("name") for block in table.blocks("attribute")}
    for block, name in tables.key_arguments(table):
        key = block.text(name)
        if key not in attributes:
            yield Problem(
                block,
                name,
                f"{block.named(name)} is {key}, which no attribute block declares; the plan stops.",
                fix=f'Add attribute {{ name = "{key}", type = "S" }} with the type that it has.',
                aws_error=f'all indexes must match a defined attribute. Unmatched indexes: ["{key}"]',
                also={"attributes": ", ".join(sorted(map(str, attributes)))},
            )


_KEYS = ("hash_key", "key_schema")
