"""Near misses of the rules of SQS and SNS."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, UNDECIDED, block, verdict

UNKNOWN = 'variable "unknown" {}\n'


def queue(name: str, body: str = "") -> str:
    return block("aws_sqs_queue", name, f'name = "{name}"\n{body}')


def redrive(target: str = "aws_sqs_queue.dead.arn", count: str = "5") -> str:
    return f"redrive_policy = jsonencode({{ deadLetterTargetArn = {target}, maxReceiveCount = {count} }})"


def subscription(topic: str, protocol: str, endpoint: str, more: str = "") -> str:
    body = f'topic_arn = {topic}\nprotocol = "{protocol}"\nendpoint = {endpoint}\n{more}'
    return block("aws_sns_topic_subscription", "s", body)


FILTER = 'filter_policy = jsonencode({ a = { b = ["c"] } })'
ARN = '"arn:aws:sqs:us-east-1:123456789012:{}"'
TOPIC = '"arn:aws:sns:us-east-1:123456789012:{}"'


def fifo(name: str) -> str:
    return block("aws_sqs_queue", "q", f"name = {name}\nfifo_queue = true")


CASES = [
    ("sqs-fifo-suffix", fifo('"payments.fifo"'), SILENT),
    ("sqs-fifo-suffix", UNKNOWN + fifo('"payments-${var.unknown}"'), SILENT),
    ("sqs-fifo-suffix", UNKNOWN + fifo('"${var.unknown}.fifo"'), SILENT),
    ("sqs-fifo-suffix", UNKNOWN + fifo('"${var.unknown}-dev"'), FOUND),
    ("sqs-fifo-suffix", block("aws_sqs_queue", "q", 'name = "a.fifo"'), FOUND),
    ("sqs-fifo-suffix", UNKNOWN + block("aws_sqs_queue", "q", 'name = "a.fifo"\nfifo_queue = var.unknown'), UNDECIDED),
    ("sqs-dlq-type-mismatch", queue("dead") + queue("live", redrive()), SILENT),
    ("sqs-dlq-type-mismatch", queue("live", redrive(ARN.format("dead.fifo"))), FOUND),
    ("sqs-dlq-type-mismatch", UNKNOWN + queue("live", redrive("var.unknown")), SILENT),
    (
        "sqs-dlq-type-mismatch",
        block("aws_sqs_queue", "dead", 'name = "d"', "data") + queue("live", redrive("data.aws_sqs_queue.dead.arn")),
        SILENT,
    ),
    ("sqs-dlq-retention", queue("dead", "message_retention_seconds = 345601") + queue("live", redrive()), SILENT),
    ("sqs-dlq-retention", queue("dead", "message_retention_seconds = 345600") + queue("live", redrive()), FOUND),
    ("sqs-dlq-retention", queue("dead") + queue("live", redrive()), SILENT),
    ("sqs-dlq-retention-default", queue("dead") + queue("live", redrive()), FOUND),
    ("sqs-dlq-retention-default", queue("dead", "message_retention_seconds = 60") + queue("live", redrive()), SILENT),
    (
        "sqs-dlq-retention",
        queue("dead", "message_retention_seconds = 1209600")
        + queue("live", "message_retention_seconds = 1209600\n" + redrive()),
        SILENT,
    ),
    ("sqs-dlq-retention", queue("live", redrive(ARN.format("dead"))), SILENT),
    (
        "sqs-dlq-retention",
        queue("dead", "message_retention_seconds = 60")
        + queue("live")
        + block(
            "aws_sqs_queue_redrive_policy",
            "p",
            "queue_url = aws_sqs_queue.live.id\n" + redrive(),
        ),
        FOUND,
    ),
    ("sqs-redrive-policy", queue("live", redrive(ARN.format("d"), '"5"')), SILENT),
    ("sqs-redrive-policy", queue("live", redrive(ARN.format("d"), "0")), FOUND),
    ("sqs-redrive-policy", queue("live", redrive(ARN.format("d"), '"many"')), FOUND),
    ("sqs-redrive-policy", UNKNOWN + queue("live", redrive(ARN.format("d"), "var.unknown")), SILENT),
    ("sqs-redrive-policy", queue("live", 'redrive_policy = "{"'), FOUND),
    ("sqs-redrive-policy", UNKNOWN + queue("live", "redrive_policy = var.unknown"), UNDECIDED),
    ("sqs-value-range", queue("q", "delay_seconds = 900"), SILENT),
    ("sqs-value-range", queue("q", "delay_seconds = 901"), FOUND),
    ("sqs-value-range", UNKNOWN + queue("q", "delay_seconds = var.unknown"), SILENT),
    (
        "sqs-encryption-conflict",
        UNKNOWN + queue("q", "sqs_managed_sse_enabled = true\nkms_master_key_id = var.unknown"),
        SILENT,
    ),
    (
        "sqs-encryption-conflict",
        queue("q", 'sqs_managed_sse_enabled = false\nkms_master_key_id = "alias/aws/sqs"'),
        SILENT,
    ),
    # Topics.
    (
        "sns-fifo-subscription",
        subscription(TOPIC.format("t.fifo"), "lambda", '"arn:aws:lambda:us-east-1:1:function:f"'),
        FOUND,
    ),
    ("sns-fifo-subscription", subscription(TOPIC.format("t.fifo"), "sqs", ARN.format("q")), SILENT),
    ("sns-fifo-subscription", UNKNOWN + subscription("var.unknown", "sqs", ARN.format("q.fifo")), UNDECIDED),
    ("sns-subscription-endpoint", subscription(TOPIC.format("t"), "email", '"ops"'), FOUND),
    ("sns-subscription-endpoint", subscription(TOPIC.format("t"), "email", '"ops@tercet.dev"'), SILENT),
    ("sns-subscription-endpoint", subscription(TOPIC.format("t"), "https", '"http://tercet.dev/hook"'), FOUND),
    ("sns-subscription-endpoint", queue("q") + subscription(TOPIC.format("t"), "sqs", "aws_sqs_queue.q.url"), FOUND),
    ("sns-subscription-endpoint", queue("q") + subscription(TOPIC.format("t"), "sqs", "aws_sqs_queue.q.arn"), SILENT),
    ("sns-subscription-endpoint", queue("q") + subscription(TOPIC.format("t"), "lambda", "aws_sqs_queue.q.arn"), FOUND),
    ("sns-filter-policy", subscription(TOPIC.format("t"), "sqs", ARN.format("q"), FILTER), SILENT),
]


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{case[0]}-{at}" for at, case in enumerate(CASES)])
def test_near_misses(rule: str, text: str, expected: str):
    assert verdict(rule, text) == expected
