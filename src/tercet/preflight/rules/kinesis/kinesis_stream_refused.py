"""A stream whose capacity or encryption is said by half."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each

_EXAMPLE = """
resource "aws_kinesis_stream" "payments" {
  name            = "payments-dev"
  encryption_type = "KMS"
  kms_key_id      = "alias/aws/kinesis"SHARDS
}
"""

RULE = Rule(
    id="kinesis-stream-refused",
    title="Stream without shards, or with shards on demand",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A provisioned stream, which it is unless `stream_mode_details` says otherwise, has a number of shards; one on "
        "demand has none to say. Encryption with KMS names its key, `alias/aws/kinesis` for the one of AWS."
    ),
    aws_error="Error: shard_count must be at least 1 when stream_mode is PROVISIONED",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/kinesis/stream.go",
    ),
    resources=("aws_kinesis_stream",),
    failing=_EXAMPLE.replace("SHARDS", ""),
    passing=_EXAMPLE.replace("SHARDS", "\n  shard_count     = 1"),
)


@RULE.check
def check(stream: Resource, _: Context) -> Iterator[Problem]:
    """Compare the mode with the shards, and the encryption with the key."""
    yield from ask_each(stream, (_shards, _key))


def _shards(stream: Resource) -> Iterator[Problem]:
    details = stream.block("stream_mode_details")
    mode = (details.text("stream_mode", "") or "") if details else "PROVISIONED"
    if "shard_count" in stream.values and stream.value("shard_count") is None:
        return  # a caller may set it
    shards = stream.number("shard_count", 0) or 0
    if mode == "ON_DEMAND" and shards > 0:
        yield Problem(
            stream,
            "shard_count",
            f"stream_mode is ON_DEMAND and shard_count is {shards}: on demand, Kinesis decides how many there are.",
            fix="Remove shard_count.",
            aws_error="Error: shard_count must not be set when stream_mode is ON_DEMAND",
        )
    elif mode == "PROVISIONED" and shards < 1:
        yield Problem(
            stream,
            "shard_count",
            "The stream is provisioned, and has no shard_count.",
            fix='Set shard_count, or stream_mode = "ON_DEMAND" in stream_mode_details.',
        )


def _key(stream: Resource) -> Iterator[Problem]:
    if stream.text("encryption_type", "NONE") == "KMS" and "kms_key_id" not in stream.values:
        yield Problem(
            stream,
            "kms_key_id",
            "encryption_type is KMS, and there is no kms_key_id.",
            fix='Set kms_key_id, such as to "alias/aws/kinesis".',
            aws_error="Error: KMS Key ID required when setting encryption_type is not set as NONE",
        )
