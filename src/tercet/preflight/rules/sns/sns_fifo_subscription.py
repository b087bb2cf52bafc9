"""Subscriptions between FIFO and standard."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.sqs._fifo import QUEUE, TOPIC, points_to_fifo

RULE = Rule(
    id="sns-fifo-subscription",
    title="A subscription that does not go with a FIFO topic or queue",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A FIFO topic delivers to SQS queues only, and a FIFO queue takes messages of FIFO topics only: a standard "
        "topic has neither order nor groups. SNS refuses other subscriptions. Put a queue between a FIFO topic and a "
        "function."
    ),
    aws_error=(
        "InvalidParameter: Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be "
        "subscribed to standard SNS topics"
    ),
    sources=(
        "https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/38441",
    ),
    resources=("aws_sns_topic_subscription",),
    failing="""
resource "aws_sqs_queue" "payments" {
  name       = "payments-dev.fifo"
  fifo_queue = true
}

resource "aws_sns_topic_subscription" "payments" {
  topic_arn = "arn:aws:sns:us-east-1:123456789012:payments-dev"
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.payments.arn
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  name       = "payments-dev.fifo"
  fifo_queue = true
}

resource "aws_sns_topic_subscription" "payments" {
  topic_arn = "arn:aws:sns:us-east-1:123456789012:payments-dev.fifo"
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.payments.arn
}

resource "aws_sqs_queue_policy" "payments" {
  queue_url = aws_sqs_queue.payments.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "sns.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.payments.arn
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:us-east-1:123456789012:payments-dev.fifo" } }
    }]
  })
}
""",
)


@RULE.check
def check(subscription: Resource, _context: Context) -> Iterator[Problem]:
    """Compare topic, protocol and endpoint."""
    protocol = subscription.text("protocol") or ""
    fifo_topic = points_to_fifo(subscription, "topic_arn", TOPIC)
    if fifo_topic and protocol not in ("sqs", ""):
        yield Problem(
            subscription,
            "protocol",
            f"protocol is {protocol} and {subscription.shown('topic_arn')} is a FIFO topic, which delivers to SQS "
            "queues only.",
            fix="Subscribe a queue, and let the receiver read from the queue.",
            aws_error=f"InvalidParameter: Invalid parameter: Invalid protocol type: {protocol}",
            also={"topic_arn": subscription.shown("topic_arn")},
        )
    elif protocol == "sqs" and not fifo_topic and points_to_fifo(subscription, "endpoint", QUEUE):
        yield Problem(
            subscription,
            "endpoint",
            f"{subscription.shown('endpoint')} is a FIFO queue and {subscription.shown('topic_arn')} is a standard "
            "topic.",
            fix="Subscribe a standard queue, or make the topic FIFO.",
            also={"topic_arn": subscription.shown("topic_arn")},
        )
