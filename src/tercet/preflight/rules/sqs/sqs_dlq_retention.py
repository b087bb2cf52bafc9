"""A dead-letter queue that forgets before anybody looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.sqs._fifo import is_fifo
from tercet.preflight.rules.sqs._redrive import dead_letter_queue, redrives

DEFAULT_S: Final = 345_600
LONGEST_S: Final = 1_209_600

RULE = Rule(
    id="sqs-dlq-retention",
    title="A dead-letter queue keeps messages no longer than its source",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A message that a standard queue moves to its dead-letter queue keeps the time at which it was sent first. A "
        "dead-letter queue that keeps messages no longer than the source may delete one as soon as it arrives, and "
        "nobody ever sees it. FIFO queues set the time anew, so they are not asked. Nor is a source that already "
        "keeps messages for 14 days, because no dead-letter queue can keep them longer."
    ),
    sources=("https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",),
    resources=("aws_sqs_queue", "aws_sqs_queue_redrive_policy"),
    failing="""
resource "aws_sqs_queue" "failed" {
  name = "payments-failed-dev"
}

resource "aws_sqs_queue" "payments" {
  name = "payments-dev"

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed.arn
    maxReceiveCount     = 5
  })
}
""",
    passing="""
resource "aws_sqs_queue" "failed" {
  name                      = "payments-failed-dev"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "payments" {
  name = "payments-dev"

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed.arn
    maxReceiveCount     = 5
  })
}
""",
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the two retentions."""
    source, policy = redrives(resource)
    dead = dead_letter_queue(policy) if policy is not None else None
    if source is None or dead is None or is_fifo(source):
        return
    kept = source.number("message_retention_seconds", DEFAULT_S) or 0
    dead_kept = dead.number("message_retention_seconds", DEFAULT_S) or 0
    if dead_kept <= kept and dead_kept < LONGEST_S:
        yield Problem(
            dead,
            "message_retention_seconds",
            f"message_retention_seconds of {dead.address} is {dead_kept} and that of its source {source.address} is "
            f"{kept}: a message keeps its age, and may be deleted as soon as it arrives.",
            fix=f"Set message_retention_seconds of {dead.address} to {LONGEST_S}.",
            change=Change(dead, "message_retention_seconds", LONGEST_S),
            also={"source": source.address, "source_retention_seconds": str(kept)},
        )
