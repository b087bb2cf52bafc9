"""A time to live that does not say in which attribute it stands."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="ddb-ttl-attribute",
    title="Time to live without an attribute",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "With a time to live DynamoDB deletes an item some time after the moment that one of its attributes "
        "names, in seconds since 1970. `attribute_name` says which, and is needed."
    ),
    aws_error="ValidationException: TimeToLiveSpecification's AttributeName must be specified",
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html",),
    resources=("aws_dynamodb_table",),
    failing="""
resource "aws_dynamodb_table" "sessions" {
  name         = "payments-sessions-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session"
  ttl {
    enabled = true
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
  ttl {
    enabled        = true
    attribute_name = "expires_at"
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
    """Look for the attribute."""
    for ttl in table.blocks("ttl"):
        if ttl.value("attribute_name") in (None, "") and ttl.flag("enabled", False):
            yield Problem(
                ttl,
                "attribute_name",
                "ttl is enabled and attribute_name is not set: nothing says when an item expires; the apply stops.",
                fix="Set attribute_name to the attribute that holds the moment.",
            )
