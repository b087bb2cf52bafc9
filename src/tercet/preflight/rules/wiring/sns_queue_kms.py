"""A subscribed queue whose key SNS may not use."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._sending import locked_to

_SUBSCRIPTION = (
    example.TOPIC
    + """
resource "aws_sqs_queue" "orders" {
  name = "payments-orders-dev"
  %s
}

resource "aws_sns_topic_subscription" "paid" {
  topic_arn = aws_sns_topic.paid.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.orders.arn
}
"""
    + example.queue_policy("sns.amazonaws.com", "aws_sns_topic.paid.arn")
)

RULE = Rule(
    id="sns-queue-kms",
    title="A subscribed queue whose key SNS may not use",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "To send to an encrypted queue SNS needs kms:GenerateDataKey and kms:Decrypt on its key, which the key that "
        "AWS "
        "manages never gives, and a key of your own only where its policy names sns.amazonaws.com. The subscription "
        "stands, and every message is lost."
    ),
    sources=("https://docs.aws.amazon.com/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html",),
    resources=("aws_sns_topic_subscription",),
    failing=_SUBSCRIPTION % 'kms_master_key_id = "alias/aws/sqs"',
    passing=_SUBSCRIPTION % "sqs_managed_sse_enabled = true",
)


@RULE.check
def check(subscription: Resource, _: Context) -> Iterator[Problem]:
    """Look at the queue's key."""
    lost = "whatever is published is lost to it."
    yield from locked_to(subscription, "endpoint", "aws_sqs_queue", "sns.amazonaws.com", lost)
