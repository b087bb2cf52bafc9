"""The name of a FIFO queue."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.values import Template, Value

RULE = Rule(
    id="sqs-fifo-suffix",
    title="A FIFO queue whose name does not end with .fifo, or the reverse",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The name of a FIFO queue ends with .fifo, and no other queue's name holds a dot. The provider refuses the "
        "name when it plans."
    ),
    aws_error="Error: invalid queue name: <name>",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",),
    resources=("aws_sqs_queue",),
    failing="""
resource "aws_sqs_queue" "payments" {
  name       = "payments-dev"
  fifo_queue = true
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  name       = "payments-dev.fifo"
  fifo_queue = true
}
""",
)


@RULE.check
def check(queue: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the end of the name with the kind of queue."""
    name = queue.value("name")
    end = known_end(name)
    if not end:
        return
    fifo = queue.flag("fifo_queue", False)
    if fifo and not end.endswith(".fifo"[-len(end) :]):
        yield Problem(
            queue,
            "name",
            f"fifo_queue is true and name is {queue.shown('name')}, which does not end with .fifo.",
            fix="Append .fifo to the name.",
            change=Change(queue, "name", f"{name}.fifo") if isinstance(name, str) else None,
            also={"fifo_queue": "true"},
        )
    elif not fifo and end.endswith(".fifo"):
        yield Problem(
            queue,
            "name",
            f"name is {queue.shown('name')} and fifo_queue is not true: a standard queue's name holds no dot.",
            fix="Set fifo_queue = true, or remove .fifo from the name.",
            change=Change(queue, "fifo_queue", True),
        )


def known_end(value: Value) -> str:
    """Return the text that a name is known to end with."""
    if isinstance(value, Template):
        return value.suffix
    return str(value) if isinstance(value, str) else ""
