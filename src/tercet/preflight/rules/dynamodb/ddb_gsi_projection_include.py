"""An index that includes attributes and names none, or names some and includes none."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.dynamodb import _tables as tables

RULE = Rule(
    id="ddb-gsi-projection-include",
    title="Projection that does not fit its attributes",
    severity=Severity.APPLY_FAILS,
    rationale=(
        '`projection_type = "INCLUDE"` copies the attributes of `non_key_attributes` into the index, and needs '
        "them. KEYS_ONLY and ALL take none."
    ),
    aws_error=(
        "ValidationException: One or more parameter values were invalid: ProjectionType is INCLUDE, but "
        "NonKeyAttributes is not specified"
    ),
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html",),
    resources=("aws_dynamodb_table",),
    failing="""
resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"
  global_secondary_index {
    name            = "merchant"
    hash_key        = "merchant"
    projection_type = "INCLUDE"
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
    name               = "merchant"
    hash_key           = "merchant"
    projection_type    = "INCLUDE"
    non_key_attributes = ["amount"]
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
    """Compare projections with attributes."""
    for _kind, index in tables.indexes_of(table):
        projection, listed = index.text("projection_type", ""), index.items("non_key_attributes")
        if projection == "INCLUDE" and not listed:
            said, fix = "is INCLUDE and non_key_attributes is not set", "Name the attributes in non_key_attributes."
        elif projection in ("ALL", "KEYS_ONLY") and listed:
            said, fix = (
                f"is {projection} and non_key_attributes is given",
                "Remove non_key_attributes, or take INCLUDE.",
            )
        else:
            continue
        yield Problem(
            index,
            "projection_type",
            f"{index.named('projection_type')} {said}: only INCLUDE has attributes of its own; the apply stops.",
            fix=fix,
            also={index.named("non_key_attributes"): index.shown("non_key_attributes")},
        )
