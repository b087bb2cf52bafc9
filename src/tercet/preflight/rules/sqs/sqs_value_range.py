"""Times and sizes out of a queue's ranges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

RANGES: Final = {
    "delay_seconds": (0, 900),
    "kms_data_key_reuse_period_seconds": (60, 86_400),
    "max_message_size": (1_024, 1_048_576),
    "message_retention_seconds": (60, 1_209_600),
    "receive_wait_time_seconds": (0, 20),
    "visibility_timeout_seconds": (0, 43_200),
}

RULE = Rule(
    id="sqs-value-range",
    title="A time or size out of the range of queues",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Delays go up to 15 minutes, visibility timeouts to 12 hours, retention from a minute to 14 days, long polling "
        "to 20 seconds. The provider refuses other values before anything is created."
    ),
    aws_error="Error: expected <argument> to be in the range (<least> - <most>), got <value>",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",),
    resources=("aws_sqs_queue",),
    failing="""
resource "aws_sqs_queue" "payments" {
  name                      = "payments-dev"
  message_retention_seconds = 2592000
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  name                      = "payments-dev"
  message_retention_seconds = 1209600
}
""",
)


@RULE.check
def check(queue: Resource, _context: Context) -> Iterator[Problem]:
    """Compare each value that is known."""
    for name, (least, most) in RANGES.items():
        value = queue.value(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and not least <= value <= most:
            yield Problem(
                queue,
                name,
                f"{name} is {queue.shown(name)}; a queue takes {least:,} to {most:,}.",
                fix=f"Set {name} to {most if value > most else least}.",
                change=Change(queue, name, most if value > most else least),
                aws_error=f"Error: expected {name} to be in the range ({least} - {most}), got {queue.shown(name)}",
            )
