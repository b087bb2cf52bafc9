"""Streams and what is delivered from them."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

STREAM, DELIVERY = "kinesis-stream-refused", "firehose-refused"
VARIABLE = 'variable "given" {}\n'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", FOUND),
        ("shard_count = 1", SILENT),
        ("shard_count = null", SILENT),
        ("shard_count = var.given", UNDECIDED),
        ('stream_mode_details {\nstream_mode = "ON_DEMAND"\n}', SILENT),
        ('shard_count = 1\nstream_mode_details {\nstream_mode = "ON_DEMAND"\n}', FOUND),
        ("stream_mode_details {\nstream_mode = var.given\n}", UNDECIDED),
        ("count = 0", SILENT),
        ('shard_count = 1\nencryption_type = "KMS"', FOUND),
        ('shard_count = 1\nencryption_type = "KMS"\nkms_key_id = var.given', SILENT),
    ],
)
def test_streams(body: str, said: str):
    assert verdict(STREAM, VARIABLE + block("aws_kinesis_stream", "this", 'name = "s"\n' + body)) == said


@pytest.mark.parametrize(
    ("bucket", "said"),
    [
        ('prefix = "a/"', SILENT),
        ('prefix = "y=!{timestamp:yyyy}/"', FOUND),
        ('prefix = "${var.given}/y=!{timestamp:yyyy}/"', FOUND),
        ('prefix = "y=!{timestamp:yyyy}/"\nerror_output_prefix = var.given', SILENT),
        ("prefix = var.given", SILENT),
        ("data_format_conversion_configuration {\n}", FOUND),
        ("data_format_conversion_configuration {\nenabled = false\n}", SILENT),
        ("buffering_size = 64\ndata_format_conversion_configuration {\n}", SILENT),
        ("buffering_size = var.given\ndata_format_conversion_configuration {\n}", UNDECIDED),
        ('buffering_size = 64\ncompression_format = "GZIP"\ndata_format_conversion_configuration {\n}', FOUND),
        ('compression_format = "GZIP"', SILENT),
    ],
)
def test_buckets(bucket: str, said: str):
    body = f'name = "d"\ndestination = "extended_s3"\nextended_s3_configuration {{\n{bucket}\n}}'
    assert verdict(DELIVERY, VARIABLE + block("aws_kinesis_firehose_delivery_stream", "this", body)) == said
