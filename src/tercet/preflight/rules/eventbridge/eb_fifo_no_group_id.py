"""A FIFO queue as target without a message group."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.sqs._fifo import QUEUE, points_to_fifo

_RULE = """
resource "aws_cloudwatch_event_rule" "payments" {
  name          = "payments-captured-dev"
  event_pattern = jsonencode({ source = ["payments"], detail-type = ["payment.captured"] })
}
"""
_TARGET = """
resource "aws_cloudwatch_event_target" "payments" {
  rule = aws_cloudwatch_event_rule.payments.name
  arn  = "arn:aws:sqs:us-east-1:123456789012:payments-dev.fifo"GROUP
}
"""

RULE = Rule(
    id="eb-fifo-no-group-id",
    title="An event target that is a FIFO queue, without a message group",
    severity=Severity.APPLY_FAILS,
    rationale="A message of a FIFO queue belongs to a group; EventBridge has to be told which.",
    aws_error=(
        "ValidationException: Parameter(s) SqsParameters must be specified for target: <id>. Reason: SQS FIFO queues "
        "need a MessageGroupId."
    ),
    sources=("https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SqsParameters.html",),
    resources=("aws_cloudwatch_event_target",),
    failing=_RULE + _TARGET.replace("GROUP", ""),
    passing=_RULE + _TARGET.replace("GROUP", '\n\n  sqs_target {\n    message_group_id = "payments"\n  }'),
)


@RULE.check
def check(target: Resource, _context: Context) -> Iterator[Problem]:
    """Look for the group."""
    if any(block.has("message_group_id") for block in target.blocks("sqs_target")):
        return
    if points_to_fifo(target, "arn", QUEUE):
        yield Problem(
            target,
            "sqs_target",
            f"arn is {target.shown('arn')}, a FIFO queue, and sqs_target.message_group_id is missing.",
            fix='Add sqs_target { message_group_id = "…" }.',
        )
