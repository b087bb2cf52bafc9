"""A delivery stream whose arguments do not go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each
from tercet.preflight.values import Template, Value

_EXAMPLE = """
resource "aws_s3_bucket" "events" {
  bucket_prefix = "events-dev-"
}

resource "aws_kinesis_firehose_delivery_stream" "events" {
  name        = "events-dev"
  destination = "extended_s3"

  server_side_encryption {
    enabled = true
  }

  extended_s3_configuration {
    role_arn            = "arn:aws:iam::123456789012:role/events"
    bucket_arn          = aws_s3_bucket.events.arn
    prefix              = "year=!{timestamp:yyyy}/"ERRORS
  }
}
"""

RULE = Rule(
    id="firehose-refused",
    title="Delivery stream whose arguments do not go together",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A destination needs the block of its name. A prefix with expressions needs one for errors too. Conversion to "
        "Parquet or ORC, and partitioning by what is in the records, collect 64 MB at least, while `buffering_size` is "
        "5 unless it is said; conversion compresses by itself. A stream that reads from Kinesis is encrypted there."
    ),
    aws_error="InvalidArgumentException: ErrorOutputPrefix cannot be null or empty when Prefix contains expressions.",
    sources=(
        "https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html",
        "https://docs.aws.amazon.com/firehose/latest/dev/enable-record-format-conversion.html",
        "https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning-s3bucketprefix.html",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/firehose/delivery_stream.go",
    ),
    resources=("aws_kinesis_firehose_delivery_stream",),
    failing=_EXAMPLE.replace("ERRORS", ""),
    passing=_EXAMPLE.replace("ERRORS", '\n    error_output_prefix = "errors/!{firehose:error-output-type}/"'),
)

_DESTINATIONS: Final = frozenset(
    ("elasticsearch", "extended_s3", "http_endpoint", "iceberg", "opensearch", "redshift", "snowflake", "splunk")
)
_LEAST_BUFFER: Final = 64


@RULE.check
def check(stream: Resource, _: Context) -> Iterator[Problem]:
    """Look at the stream, and at what is said of the bucket."""
    yield from ask_each(stream, (_destination, _source))
    for bucket in stream.blocks("extended_s3_configuration"):
        yield from ask_each(bucket, (_buffer, _compression, _errors))


def _destination(stream: Resource) -> Iterator[Problem]:
    destination = stream.text("destination", "") or ""
    block = f"{destination}_configuration"
    if destination in _DESTINATIONS and block not in stream.values:
        yield Problem(
            stream,
            "destination",
            f"destination is {destination}, and there is no {block}.",
            fix=f"Add {block}.",
            aws_error=f"Error: when destination is '{destination}', {block} is required",
        )


def _source(stream: Resource) -> Iterator[Problem]:
    if stream.graph.kind == "plan" or not stream.blocks("server_side_encryption"):
        return
    if stream.blocks("kinesis_source_configuration"):
        yield Problem(
            stream,
            "server_side_encryption",
            "server_side_encryption and kinesis_source_configuration are both given: what Kinesis holds is "
            "encrypted there.",
            fix="Remove server_side_encryption, and encrypt the stream of Kinesis.",
            aws_error=(
                'Error: Conflicting configuration arguments: "server_side_encryption": conflicts with '
                "kinesis_source_configuration"
            ),
        )


def _buffer(bucket: Block) -> Iterator[Problem]:
    why = "data format conversion" if _converts(bucket) else "Dynamic Partitioning" if _partitions(bucket) else ""
    if not why or (bucket.value("buffering_size") is None and "buffering_size" in bucket.values):
        return
    size = bucket.number("buffering_size", 5) or 0
    if size < _LEAST_BUFFER:
        yield Problem(
            bucket,
            "buffering_size",
            f"buffering_size is {size}{'' if bucket.has('buffering_size') else ' (not set)'}: with {why} it is "
            f"{_LEAST_BUFFER} or more.",
            fix=f"Set buffering_size to {_LEAST_BUFFER} or more.",
            aws_error=f"InvalidArgumentException: BufferingHints.SizeInMBs must be at least 64 when {why} is enabled.",
        )


def _compression(bucket: Block) -> Iterator[Problem]:
    compression = bucket.text("compression_format", "UNCOMPRESSED") or "UNCOMPRESSED"
    if compression != "UNCOMPRESSED" and _converts(bucket):
        yield Problem(
            bucket,
            "compression_format",
            f"compression_format is {compression}: data that is converted is compressed by its format.",
            fix="Remove compression_format, and set the serializer's compression.",
            aws_error="InvalidArgumentException",
        )


def _errors(bucket: Block) -> Iterator[Problem]:
    if "error_output_prefix" not in bucket.values and _has_expression(bucket.value("prefix")):
        yield Problem(
            bucket,
            "error_output_prefix",
            f"prefix is {bucket.shown('prefix')}, which has expressions, and there is no error_output_prefix.",
            fix='Set error_output_prefix, such as to "errors/!{firehose:error-output-type}/".',
        )


def _has_expression(prefix: Value) -> bool:
    text = prefix.literal if isinstance(prefix, Template) else prefix
    return isinstance(text, str) and "!{" in text


def _converts(bucket: Block) -> bool:
    return any(one.flag("enabled", True) for one in bucket.blocks("data_format_conversion_configuration"))


def _partitions(bucket: Block) -> bool:
    return any(one.flag("enabled", False) for one in bucket.blocks("dynamic_partitioning_configuration"))
