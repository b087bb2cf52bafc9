"""Arguments of a mapping that its source needs, or does not know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function
from tercet.preflight.rules.lambda_._sources import STREAMS, kind_of_source

_OF_STREAMS: Final = {
    "bisect_batch_on_function_error": "BisectBatchOnFunctionError",
    "maximum_record_age_in_seconds": "MaximumRecordAgeInSeconds",
    "maximum_retry_attempts": "MaximumRetryAttempts",
    "parallelization_factor": "ParallelizationFactor",
    "tumbling_window_in_seconds": "TumblingWindowInSeconds",
}

_STREAM = """
resource "aws_kinesis_stream" "payments" {
  name            = "payments-dev"
  shard_count     = 3
  encryption_type = "KMS"
  kms_key_id      = "alias/aws/kinesis"
}
"""

RULE = Rule(
    id="lambda-mapping-arguments",
    title="An event source mapping lacks what its source needs, or has what it does not know",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A stream is read from a position, which has to be said; a queue has no position, and none of the settings "
        "of streams. Lambda refuses the mapping."
    ),
    aws_error="InvalidParameterValueException: <argument> is not valid for the event source",
    sources=("https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",),
    resources=("aws_lambda_event_source_mapping",),
    failing=_STREAM
    + function()
    + """
resource "aws_lambda_event_source_mapping" "payments" {
  event_source_arn = aws_kinesis_stream.payments.arn
  function_name    = aws_lambda_function.payments.arn
}
""",
    passing=_STREAM
    + function()
    + """
resource "aws_lambda_event_source_mapping" "payments" {
  event_source_arn  = aws_kinesis_stream.payments.arn
  function_name     = aws_lambda_function.payments.arn
  starting_position = "LATEST"
}
""",
)


@RULE.check
def check(mapping: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the arguments with the kind of source."""
    kind = kind_of_source(mapping)
    if kind in STREAMS and not mapping.has("starting_position"):
        yield Problem(
            mapping,
            "starting_position",
            f"{mapping.shown('event_source_arn')} is a stream, and starting_position is missing.",
            fix='Set starting_position to "LATEST" or "TRIM_HORIZON".',
            aws_error="InvalidParameterValueException: StartingPosition is required for stream event sources",
        )
    elif kind in STREAMS:
        yield from _timestamp(mapping, kind)
    elif kind == "sqs":
        if isinstance(mapping.value("starting_position"), str):
            yield Problem(
                mapping,
                "starting_position",
                f"starting_position is {mapping.shown('starting_position')} and the source is a queue.",
                fix="Remove starting_position.",
                aws_error="InvalidParameterValueException: StartingPosition is not valid for SQS event sources.",
            )
        if any(block.has("on_failure") for block in mapping.blocks("destination_config")):
            yield Problem(
                mapping,
                "destination_config",
                "destination_config is given and the source is a queue, which keeps what fails by its own redrive "
                "policy.",
                fix="Remove destination_config, and give the queue a redrive_policy.",
                aws_error=(
                    "InvalidParameterValueException: Unsupported DestinationConfig parameter for given event source "
                    "mapping type."
                ),
            )
        for name, parameter in _OF_STREAMS.items():
            if _is_set(mapping.value(name)):
                yield Problem(
                    mapping,
                    name,
                    f"{name} is {mapping.shown(name)} and the source is a queue, which does not know it.",
                    fix=f"Remove {name}.",
                    aws_error=(
                        f"InvalidParameterValueException: Unsupported {parameter} parameter for given event source "
                        "mapping type."
                    ),
                )


def _timestamp(mapping: Resource, kind: str | None) -> Iterator[Problem]:
    if mapping.value("starting_position") != "AT_TIMESTAMP":
        return
    if kind == "dynamodb":
        yield Problem(
            mapping,
            "starting_position",
            "starting_position is AT_TIMESTAMP, which the stream of a table does not have.",
            fix='Set starting_position to "LATEST" or "TRIM_HORIZON".',
            aws_error="InvalidParameterValueException: AT_TIMESTAMP is not supported for DynamoDB streams",
        )
    elif not mapping.has("starting_position_timestamp"):
        yield Problem(
            mapping,
            "starting_position_timestamp",
            "starting_position is AT_TIMESTAMP, and starting_position_timestamp is missing.",
            fix='Set starting_position_timestamp, or starting_position = "LATEST".',
            aws_error="InvalidParameterValueException: StartingPositionTimestamp is required for AT_TIMESTAMP",
        )


def _is_set(value: object) -> bool:
    # -1 and 0 are what the provider keeps where nothing was said.
    return value is True or (isinstance(value, int | float) and not isinstance(value, bool) and value > 0)
