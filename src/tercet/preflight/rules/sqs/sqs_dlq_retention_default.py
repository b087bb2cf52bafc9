"""A dead-letter queue that keeps messages as long as its source because nobody said how long."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.sqs._retention import LONGEST_S, kept_too_short

RULE = Rule(
    id="sqs-dlq-retention-default",
    title="A dead-letter queue keeps messages for the default time, as its source does",
    severity=Severity.ADVICE,
    rationale=(
        "A message keeps its age when a standard queue moves it to its dead-letter queue. Where both keep messages "
        "for the default of four days, one that failed at once is there for nearly four days, and one that waited "
        "long in the source is gone soon: less than anybody has chosen. AWS recommends that the dead-letter queue "
        "keeps messages longer than its source."
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
    """Look for two queues of which neither says how long."""
    kept = kept_too_short(resource)
    if kept is not None and kept.by_default:
        yield Problem(
            kept.dead,
            "message_retention_seconds",
            f"{kept.dead.address} and its source {kept.source.address} both keep messages for the default of "
            f"{kept.dead_s} seconds: what waited in the source is kept for less.",
            fix=f"Set message_retention_seconds of {kept.dead.address} to {LONGEST_S}.",
            change=Change(kept.dead, "message_retention_seconds", LONGEST_S),
            also={"source": kept.source.address},
        )
