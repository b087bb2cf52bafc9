"""A queue whose key EventBridge may not use."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._sending import locked_to

_TARGET = """
resource "aws_sqs_queue" "orders" {
  name = "payments-orders-dev"
  %s
}

resource "aws_cloudwatch_event_rule" "paid" {
  name          = "payments-paid-dev"
  event_pattern = jsonencode({ source = ["payments.ledger"] })
}

resource "aws_cloudwatch_event_target" "paid" {
  rule = aws_cloudwatch_event_rule.paid.name
  arn  = aws_sqs_queue.orders.arn
}
""" + example.queue_policy("events.amazonaws.com", "aws_cloudwatch_event_rule.paid.arn")

RULE = Rule(
    id="eb-sqs-managed-kms",
    title="An event target whose key EventBridge may not use",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "To send to an encrypted queue or topic, EventBridge needs kms:GenerateDataKey and kms:Decrypt on its key. The "
        "key that AWS manages (alias/aws/sqs, alias/aws/sns) never lets it, and a key of your own only where its "
        "policy "
        "names events.amazonaws.com. Each invocation fails, and the events are lost."
    ),
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html#eb-sqs-encrypted",
        "https://github.com/aws/aws-cdk/issues/30549",
    ),
    confirmed=True,
    resources=("aws_cloudwatch_event_target",),
    failing=_TARGET % 'kms_master_key_id = "alias/aws/sqs"',
    passing=_TARGET % "sqs_managed_sse_enabled = true",
)


@RULE.check
def check(target: Resource, _: Context) -> Iterator[Problem]:
    """Look at the key of the queue or topic, and of the dead-letter queue."""
    service, lost = "events.amazonaws.com", "the events do not arrive, and are lost."
    if not target.has("role_arn"):
        yield from locked_to(target, "arn", "aws_sqs_queue", service, lost)
        yield from locked_to(target, "arn", "aws_sns_topic", service, lost)
    for block in target.blocks("dead_letter_config"):
        yield from locked_to(block, "arn", "aws_sqs_queue", service, "what could not be delivered is not kept.")
