"""A stream that is turned on without saying what it holds."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="ddb-stream-view-type",
    title="Stream that does not say what is in it",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A stream holds keys, new images, old images, or both: `stream_view_type` says which, and is needed with "
        "`stream_enabled`."
    ),
    aws_error="stream_view_type is required when stream_enabled = true",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html",),
    resources=("aws_dynamodb_table",),
    failing="""
resource "aws_dynamodb_table" "sessions" {
  name           = "payments-sessions-dev"
  billing_mode   = "PAY_PER_REQUEST"
  hash_key       = "session"
  stream_enabled = true

  attribute {
    name = "session"
    type = "S"
  }
}
""",
    passing="""
resource "aws_dynamodb_table" "sessions" {
  name             = "payments-sessions-dev"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "session"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "session"
    type = "S"
  }
}
""",
)


@RULE.check
def check(table: Resource, _: Context) -> Iterator[Problem]:
    """Look for what the stream holds."""
    if table.flag("stream_enabled", False) and table.value("stream_view_type") in (None, ""):
        yield Problem(
            table,
            "stream_view_type",
            "stream_enabled is true and stream_view_type is not set; the plan stops.",
            fix='Set stream_view_type, such as to "NEW_AND_OLD_IMAGES".',
        )
