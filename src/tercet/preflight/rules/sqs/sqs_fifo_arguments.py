"""Arguments of FIFO queues on standard ones."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="sqs-fifo-arguments",
    title="Arguments of FIFO queues that do not fit the queue",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Deduplication and throughput scopes exist on FIFO queues only, and throughput per message group only where "
        "messages are deduplicated per message group. SQS refuses other combinations."
    ),
    aws_error="Error: content-based deduplication can only be set for FIFO queue",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/high-throughput-fifo.html",
    ),
    resources=("aws_sqs_queue",),
    failing="""
resource "aws_sqs_queue" "payments" {
  name                        = "payments-dev"
  content_based_deduplication = true
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  name                        = "payments-dev.fifo"
  fifo_queue                  = true
  content_based_deduplication = true
  deduplication_scope         = "messageGroup"
  fifo_throughput_limit       = "perMessageGroupId"
}
""",
)


@RULE.check
def check(queue: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the arguments with the kind of queue, and with one another."""
    fifo = queue.flag("fifo_queue", False)
    if fifo:
        limit = queue.text("fifo_throughput_limit")
        scope = queue.text("deduplication_scope", "queue")
        if limit == "perMessageGroupId" and scope == "queue":
            yield Problem(
                queue,
                "fifo_throughput_limit",
                f"fifo_throughput_limit is {limit} and deduplication_scope is {scope}: they go together.",
                fix='Set deduplication_scope = "messageGroup".',
                aws_error=(
                    "InvalidAttributeValue: The perMessageGroupId value is allowed only when the value for "
                    "DeduplicationScope is messageGroup"
                ),
                also={"deduplication_scope": scope or ""},
            )
        return
    if queue.flag("content_based_deduplication", False):
        yield _only_fifo(queue, "content_based_deduplication")
    for name in ("deduplication_scope", "fifo_throughput_limit"):
        if queue.text(name):
            yield _only_fifo(queue, name)


def _only_fifo(queue: Resource, name: str) -> Problem:
    return Problem(
        queue,
        name,
        f"{name} is {queue.shown(name)} and fifo_queue is not true: a standard queue does not know it.",
        fix=f"Set fifo_queue = true, with a name that ends with .fifo, or remove {name}.",
        aws_error=None if name.startswith("content") else f"InvalidAttributeName: Unknown Attribute {name}.",
    )
