"""A subscribed queue to which SNS may not send."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._sending import closed_to

_SUBSCRIPTION = (
    example.TOPIC
    + example.QUEUE
    + """
resource "aws_sns_topic_subscription" "paid" {
  topic_arn = aws_sns_topic.paid.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.orders.arn
}
"""
)

RULE = Rule(
    id="sns-queue-policy-missing",
    title="A subscribed queue to which SNS may not send",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "SNS sends to a queue only where the queue's policy lets sns.amazonaws.com do sqs:SendMessage. Without it the "
        "subscription stands, and every message is lost."
    ),
    sources=("https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",),
    resources=("aws_sns_topic_subscription",),
    failing=_SUBSCRIPTION,
    passing=_SUBSCRIPTION + example.queue_policy("sns.amazonaws.com", "aws_sns_topic.paid.arn"),
)


@RULE.check
def check(subscription: Resource, _: Context) -> Iterator[Problem]:
    """Look at the queue's policy."""
    lost = "whatever is published is lost to it."
    topic = subscription.target("topic_arn", "aws_sns_topic")
    yield from closed_to(subscription, "endpoint", "aws_sqs_queue", "sns.amazonaws.com", lost, topic)
