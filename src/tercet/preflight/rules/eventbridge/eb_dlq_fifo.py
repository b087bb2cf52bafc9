"""Events that could not be delivered, sent to a FIFO queue."""

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
  arn  = "arn:aws:sqs:us-east-1:123456789012:payments-dev"

  dead_letter_config {
    arn = "arn:aws:sqs:us-east-1:123456789012:QUEUE"
  }
}
"""

RULE = Rule(
    id="eb-dlq-fifo",
    title="A FIFO queue as dead-letter queue of an event target",
    severity=Severity.APPLY_FAILS,
    rationale="EventBridge and the scheduler send what they could not deliver to standard queues only.",
    aws_error="ValidationException: The dead-letter queue must be a standard queue: <arn>",
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",),
    resources=("aws_cloudwatch_event_target", "aws_scheduler_schedule"),
    failing=_RULE + _TARGET.replace("QUEUE", "payments-failed-dev.fifo"),
    passing=_RULE + _TARGET.replace("QUEUE", "payments-failed-dev"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the dead-letter queue."""
    blocks = resource.blocks("target") if resource.type == "aws_scheduler_schedule" else [resource]
    for block in blocks:
        for config in block.blocks("dead_letter_config"):
            if points_to_fifo(config, "arn", QUEUE):
                yield Problem(
                    config,
                    "arn",
                    f"{config.named('arn')} is {config.shown('arn')}, a FIFO queue.",
                    fix="Point it to a standard queue.",
                )
