"""Near misses of the rules of what S3 refuses: policies, CORS, notifications, incomplete settings."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
BUCKET = block("aws_s3_bucket", "bucket", 'bucket = "acme-payments-dev"')
OTHER = block("aws_s3_bucket", "other", 'bucket = "acme-other-dev"')


def policy(action: str, resource: str) -> str:
    who = '{ AWS = "123456789012" }'
    statement = f'{{ Effect = "Allow", Principal = {who}, Action = {action}, Resource = {resource} }}'
    document = f'{{ Version = "2012-10-17", Statement = [{statement}] }}'
    body = f"bucket = aws_s3_bucket.bucket.id\npolicy = jsonencode({document})"
    return BUCKET + block("aws_s3_bucket_policy", "policy", body)


OBJECTS = '"${aws_s3_bucket.bucket.arn}/*"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (policy('"s3:GetObject"', OBJECTS), SILENT),
        (policy('"s3:ListBucket"', OBJECTS), FOUND),
        (policy('"s3:GetObject"', "aws_s3_bucket.bucket.arn"), FOUND),
        (policy('"s3:*"', OBJECTS), SILENT),
        (policy('"s3:List*"', OBJECTS), SILENT),
        (policy('"s3:ListBucket"', '"arn:aws:s3:::acme-payments-dev*"'), SILENT),
        (policy('"s3:GetObject"', '"arn:aws:s3:::acme-payments-dev/*"'), SILENT),
        (policy('"s3:GetObject"', '"arn:aws:s3:::acme-payments-dev"'), FOUND),
        (policy('"s3:GetObject"', '"arn:aws:s3:::acme-*/x"'), SILENT),
        (policy('"s3:GetObject"', '"arn:aws:s3:::somewhere/*"'), FOUND),
        (policy('"s3:GetObject"', "var.unknown") + UNKNOWN, SILENT),
        (policy('"s3:GetObject"', '"${var.unknown}/*"') + UNKNOWN, SILENT),
        (OTHER + policy('"s3:GetObject"', '"${aws_s3_bucket.other.arn}/*"'), FOUND),
        (policy('["s3:GetObject", "s3:ListBucket"]', f"[aws_s3_bucket.bucket.arn, {OBJECTS}]"), SILENT),
    ],
)
def test_policies(text: str, expected: str) -> None:
    assert verdict("s3-policy-resource", text) == expected


def cors(origins: str = '["*"]', methods: str = '["GET"]') -> str:
    return block(
        "aws_s3_bucket_cors_configuration",
        "cors",
        f'bucket = "acme"\ncors_rule {{\n  allowed_methods = {methods}\n  allowed_origins = {origins}\n}}',
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (cors(), SILENT),
        (cors('["https://*.example.com"]'), SILENT),
        (cors('["https://*.*.example.com"]'), FOUND),
        (cors(methods='["GET", "PATCH"]'), FOUND),
        (cors(methods="var.unknown") + UNKNOWN, SILENT),
        (cors(methods="[var.unknown]") + UNKNOWN, SILENT),
    ],
)
def test_cors(text: str, expected: str) -> None:
    assert verdict("s3-cors-rule", text) == expected


def queue(events: str, more: str = "", arn: str = '"arn:aws:sqs:us-east-1:123456789012:q"') -> str:
    return f"queue {{\n  queue_arn = {arn}\n  events = [{events}]\n  {more}\n}}\n"


def notified(*queues: str) -> str:
    return block("aws_s3_bucket_notification", "n", 'bucket = "acme"\n' + "".join(queues))


ALL, PUT, GONE = '"s3:ObjectCreated:*"', '"s3:ObjectCreated:Put"', '"s3:ObjectRemoved:*"'
FIFO = block("aws_sqs_queue", "q", 'name = "q.fifo"\nfifo_queue = true')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (notified(queue(ALL), queue(PUT)), FOUND),
        (notified(queue(ALL), queue(GONE)), SILENT),
        (notified(queue(ALL, 'filter_prefix = "a/"'), queue(ALL, 'filter_prefix = "b/"')), SILENT),
        (notified(queue(ALL, 'filter_prefix = "a/"'), queue(ALL, 'filter_prefix = "a/b/"')), FOUND),
        (notified(queue(ALL, 'filter_suffix = ".csv"'), queue(ALL, 'filter_suffix = ".txt"')), SILENT),
        (notified(queue(ALL, 'filter_prefix = "a/"'), queue(ALL, 'filter_suffix = ".txt"')), FOUND),
        (notified(queue(ALL, "filter_prefix = var.unknown"), queue(ALL, 'filter_prefix = "a/"')) + UNKNOWN, UNDECIDED),
        (notified(queue("var.unknown"), queue(ALL)) + UNKNOWN, SILENT),
        (FIFO + notified(queue(ALL, arn="aws_sqs_queue.q.arn")), FOUND),
        (FIFO.replace("true", "false") + notified(queue(ALL, arn="aws_sqs_queue.q.arn")), SILENT),
    ],
)
def test_notifications(text: str, expected: str) -> None:
    assert verdict("s3-notification-refused", text) == expected


def replication(rule: str) -> str:
    return block("aws_s3_bucket_replication_configuration", "r", f'bucket = "acme"\nrule {{\n{rule}\n}}')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (replication('filter {\n  prefix = "a/"\n}'), FOUND),
        (replication("filter {}"), SILENT),
        (replication('prefix = "a/"'), SILENT),
        (replication('filter {\n  prefix = "a/"\n}\ndelete_marker_replication {\n  status = "Disabled"\n}'), SILENT),
    ],
)
def test_replication(text: str, expected: str) -> None:
    assert verdict("s3-setting-incomplete", text) == expected
