"""A dead-letter queue that forgets before anybody looks."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.sqs._retention import LONGEST_S, kept_too_short

RULE = Rule(
    id="sqs-dlq-retention",
    title="A dead-letter queue keeps messages no longer than its source",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A message that a standard queue moves to its dead-letter queue keeps the time at which it was sent first. A "
        "dead-letter queue that keeps messages no longer than the source may delete one as soon as it arrives, and "
        "nobody ever sees it. FIFO queues set the time anew, so they are not asked. Nor is a source that already "
        "keeps messages for 14 days, because no dead-letter queue can keep them longer. Where neither queue says how "
        "long, sqs-dlq-retention-default speaks."
    ),
    sources=("https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",),
    resources=("aws_sqs_queue", "aws_sqs_queue_redrive_policy"),
    failing="""
resource "aws_sqs_queue" "failed" {
  name                      = "payments-failed-dev"
  message_retention_seconds = 86400
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
    kept = kept_too_short(resource)
    if kept is not None and not kept.by_default:
        yield Problem(
            kept.dead,
            "message_retention_seconds",
            f"message_retention_seconds of {kept.dead.address} is {kept.dead_s} and that of its source "
            f"{kept.source.address} is {kept.source_s}: a message keeps its age, and may be deleted as soon as it "
            "arrives.",
            fix=f"Set message_retention_seconds of {kept.dead.address} to {LONGEST_S}.",
            change=Change(kept.dead, "message_retention_seconds", LONGEST_S),
            also={"source": kept.source.address, "source_retention_seconds": str(kept.source_s)},
        )
