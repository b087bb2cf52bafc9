"""A mapping on a table that has no stream."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function

_TABLE = """
resource "aws_dynamodb_table" "payments" {
  name         = "payments-dev"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"STREAM

  attribute {
    name = "id"
    type = "S"
  }

  server_side_encryption {
    enabled = true
  }
}
"""
_MAPPING = """
resource "aws_lambda_event_source_mapping" "payments" {
  event_source_arn  = aws_dynamodb_table.payments.stream_arn
  function_name     = aws_lambda_function.payments.arn
  starting_position = "LATEST"
}
"""

RULE = Rule(
    id="lambda-mapping-no-stream",
    title="An event source mapping on a table without a stream",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Lambda reads a table's stream, not the table. A table has a stream with stream_enabled = true; without it "
        "stream_arn is null, and the table's own ARN is no event source."
    ),
    aws_error="InvalidParameterValueException: Unrecognized event source.",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html",),
    resources=("aws_lambda_event_source_mapping",),
    failing=_TABLE.replace("STREAM", "") + function() + _MAPPING,
    passing=_TABLE.replace("STREAM", '\n\n  stream_enabled   = true\n  stream_view_type = "NEW_IMAGE"')
    + function()
    + _MAPPING,
)


@RULE.check
def check(mapping: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the table that the source refers to."""
    for reference in mapping.references("event_source_arn"):
        for table in mapping.graph.find(reference.address):
            if table.type != "aws_dynamodb_table" or table.mode != "managed":
                continue
            if reference.path == ("arn",):
                yield Problem(
                    mapping,
                    "event_source_arn",
                    f"event_source_arn is {reference}, the table itself: Lambda reads its stream.",
                    fix=f"Use {table.address}.stream_arn, with stream_enabled = true on the table.",
                )
            elif reference.path == ("stream_arn",) and not table.flag("stream_enabled", False):
                yield Problem(
                    mapping,
                    "event_source_arn",
                    f"event_source_arn is {reference} and stream_enabled of {table.address} is not true: there is no "
                    "stream, and the ARN is null.",
                    fix=f'Set stream_enabled = true and stream_view_type = "NEW_IMAGE" on {table.address}.',
                )
