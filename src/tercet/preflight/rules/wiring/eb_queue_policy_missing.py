"""A queue to which EventBridge may not send."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._sending import closed_to

_TARGET = (
    example.QUEUE
    + """
resource "aws_cloudwatch_event_rule" "paid" {
  name          = "payments-paid-dev"
  event_pattern = jsonencode({ source = ["payments.ledger"] })
}

resource "aws_cloudwatch_event_target" "paid" {
  rule = aws_cloudwatch_event_rule.paid.name
  arn  = aws_sqs_queue.orders.arn
}
"""
)

RULE = Rule(
    id="eb-queue-policy-missing",
    title="A queue to which EventBridge may not send",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "EventBridge sends to a queue, be it a target or the dead-letter queue of one, only where the queue's policy "
        "lets events.amazonaws.com do sqs:SendMessage. Without it the rule matches and nothing arrives; a dead-letter "
        "queue stays empty just when it is needed. A target that has a role of its own is not reported."
    ),
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions",
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html",
    ),
    resources=("aws_cloudwatch_event_target",),
    failing=_TARGET,
    passing=_TARGET + example.queue_policy("events.amazonaws.com", "aws_cloudwatch_event_rule.paid.arn"),
)


@RULE.check
def check(target: Resource, _: Context) -> Iterator[Problem]:
    """Look at the policies of the target and of its dead-letter queue."""
    service = "events.amazonaws.com"
    rule = target.target("rule", "aws_cloudwatch_event_rule")
    if not target.has("role_arn"):
        yield from closed_to(target, "arn", "aws_sqs_queue", service, "the events do not arrive, and are lost.", rule)
    for block in target.blocks("dead_letter_config"):
        yield from closed_to(block, "arn", "aws_sqs_queue", service, "what could not be delivered is not kept.", rule)
