"""A dead-letter queue of another kind than its source."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.sqs._fifo import is_fifo
from tercet.preflight.rules.sqs._redrive import dead_letter_queue, literal_arn, redrives

RULE = Rule(
    id="sqs-dlq-type-mismatch",
    title="A FIFO queue with a standard dead-letter queue, or the reverse",
    severity=Severity.APPLY_FAILS,
    rationale="The dead-letter queue of a FIFO queue is FIFO, and that of a standard queue is standard.",
    aws_error=(
        "InvalidParameterValue: Value {...} for parameter RedrivePolicy is invalid. Reason: Dead-letter queue must be "
        "same type of queue as the source."
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html",),
    resources=("aws_sqs_queue", "aws_sqs_queue_redrive_policy"),
    failing="""
resource "aws_sqs_queue" "failed" {
  name                      = "payments-failed-dev"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "payments" {
  name       = "payments-dev.fifo"
  fifo_queue = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed.arn
    maxReceiveCount     = 5
  })
}
""",
    passing="""
resource "aws_sqs_queue" "failed" {
  name                      = "payments-failed-dev.fifo"
  fifo_queue                = true
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "payments" {
  name       = "payments-dev.fifo"
  fifo_queue = true

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed.arn
    maxReceiveCount     = 5
  })
}
""",
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the two queues."""
    source, policy = redrives(resource)
    if source is None or policy is None:
        return
    dead = dead_letter_queue(policy)
    if dead is None and not literal_arn(policy).startswith("arn:"):
        return
    fifo = is_fifo(source)
    dead_fifo = is_fifo(dead) if dead is not None else literal_arn(policy).endswith(".fifo")
    if fifo != dead_fifo:
        kinds = ("FIFO", "standard") if fifo else ("standard", "FIFO")
        named = dead.address if dead is not None else literal_arn(policy)
        yield Problem(
            resource,
            "redrive_policy",
            f"{source.address} is a {kinds[0]} queue and its dead-letter queue {named} is {kinds[1]}.",
            fix=f"Make the dead-letter queue a {kinds[0]} queue.",
            also={"deadLetterTargetArn": named},
        )
