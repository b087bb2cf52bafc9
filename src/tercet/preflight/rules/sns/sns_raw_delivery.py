"""Raw delivery under a protocol that does not have it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

_WITHOUT: Final = frozenset(("application", "email", "email-json", "lambda", "sms"))

RULE = Rule(
    id="sns-raw-delivery",
    title="Raw message delivery under a protocol that does not have it",
    severity=Severity.APPLY_FAILS,
    rationale="Raw messages are delivered to queues, HTTP endpoints and delivery streams; other protocols have none.",
    aws_error=(
        "InvalidParameter: Invalid parameter: Attributes Reason: RawMessageDelivery: Delivery protocol [<protocol>] "
        "does not support raw message delivery."
    ),
    sources=("https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html",),
    resources=("aws_sns_topic_subscription",),
    failing="""
resource "aws_sns_topic_subscription" "payments" {
  topic_arn            = "arn:aws:sns:us-east-1:123456789012:payments-dev"
  protocol             = "lambda"
  endpoint             = "arn:aws:lambda:us-east-1:123456789012:function:payments-dev"
  raw_message_delivery = true
}
""",
    passing="""
resource "aws_sns_topic_subscription" "payments" {
  topic_arn            = "arn:aws:sns:us-east-1:123456789012:payments-dev"
  protocol             = "sqs"
  endpoint             = "arn:aws:sqs:us-east-1:123456789012:payments-dev"
  raw_message_delivery = true
}
""",
)


@RULE.check
def check(subscription: Resource, _context: Context) -> Iterator[Problem]:
    """Compare protocol and raw delivery."""
    if not subscription.flag("raw_message_delivery", False):
        return
    protocol = subscription.text("protocol") or ""
    if protocol in _WITHOUT:
        yield Problem(
            subscription,
            "raw_message_delivery",
            f"raw_message_delivery is true and protocol is {protocol}, which has no raw delivery.",
            fix="Remove raw_message_delivery.",
            change=Change(subscription, "raw_message_delivery", None),
            also={"protocol": protocol},
        )
