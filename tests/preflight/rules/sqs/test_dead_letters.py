"""What deadLetterTargetArn may be."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
DEAD = block("aws_sqs_queue", "dead", 'name = "dead"')


def queue(target: str) -> str:
    policy = f"jsonencode({{ deadLetterTargetArn = {target}, maxReceiveCount = 5 }})"
    return DEAD + block("aws_sqs_queue", "q", f'name = "q"\nredrive_policy = {policy}')


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (queue("aws_sqs_queue.dead.arn"), SILENT),
        (queue("aws_sqs_queue.dead.id"), FOUND),
        (queue("aws_sqs_queue.dead.url"), FOUND),
        (queue("aws_sqs_queue.dead.name"), FOUND),
        (queue('"arn:aws:sqs:us-east-1:123456789012:dead"'), SILENT),
        (queue('"arn:aws:sqs:us-east-1:123456789012:${aws_sqs_queue.dead.name}"'), SILENT),
        (queue("var.unknown") + UNKNOWN, SILENT),
        (queue('"${var.unknown}:dead"') + UNKNOWN, SILENT),
    ],
)
def test_target(text: str, expected: str) -> None:
    assert verdict("sqs-redrive-policy", text) == expected
