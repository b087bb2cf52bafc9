"""A function that is to read a stream, and whose role does not let it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import Asked
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._roles import grant
from tercet.preflight.rules.wiring._triggers import triggers

_ACTIONS: Final = {
    "dynamodb": ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"),
    "kinesis": ("kinesis:GetRecords", "kinesis:GetShardIterator"),
}

_TABLE = """
resource "aws_dynamodb_table" "sessions" {
  name             = "payments-sessions-dev"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"
  attribute {
    name = "id"
    type = "S"
  }
  server_side_encryption {
    enabled = true
  }
  point_in_time_recovery {
    enabled = true
  }
}

resource "aws_lambda_event_source_mapping" "sessions" {
  event_source_arn  = aws_dynamodb_table.sessions.stream_arn
  function_name     = aws_lambda_function.processor.arn
  starting_position = "LATEST"
}
"""

RULE = Rule(
    id="lambda-stream-role-permissions",
    title="A function is mapped to a stream that its role may not read",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Lambda reads a stream of DynamoDB or Kinesis with the function's role, and refuses the mapping where that may "
        "not: GetRecords, GetShardIterator and DescribeStream (and ListStreams) on the stream. A table's stream has an "
        "ARN of its own: what is allowed on the table is not allowed on it. For Kinesis, DescribeStreamSummary serves "
        "too, so only the other two are demanded."
    ),
    aws_error=(
        "InvalidParameterValueException: Cannot access stream <arn>. Please ensure the role can perform the "
        "GetRecords, "
        "GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html",
    ),
    resources=("aws_lambda_event_source_mapping",),
    failing=_TABLE
    + example.role(example.LOGS, example.allow('["dynamodb:GetRecords"]', "aws_dynamodb_table.sessions.arn"))
    + example.function(),
    passing=_TABLE
    + example.role(
        example.LOGS,
        example.allow(
            '["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"]',
            "aws_dynamodb_table.sessions.stream_arn",
        ),
    )
    + example.function(),
)


@RULE.check
def check(mapping: Resource, _: Context) -> Iterator[Problem]:
    """Ask the role for each action."""
    for service, actions in _ACTIONS.items():
        for trigger in triggers(mapping, service):
            source = trigger.source
            asked = Asked(source, "stream") if isinstance(source, Resource) and service == "dynamodb" else source
            if lacking := trigger.permissions.lacking(actions, asked):
                role = trigger.permissions.role
                stream = f"the stream of {trigger.named}" if service == "dynamodb" else trigger.named
                yield Problem(
                    mapping,
                    "function_name",
                    f"{role.address}, the role of {trigger.function.address}, lacks {', '.join(lacking)} on {stream}: "
                    "Lambda refuses the mapping.",
                    fix=grant(lacking, role, stream),
                    also={"lacking": ", ".join(lacking)},
                )
