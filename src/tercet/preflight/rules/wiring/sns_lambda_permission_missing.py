"""A subscription whose function SNS may not call."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._permissions import unpermitted

_SUBSCRIPTION = (
    example.TOPIC
    + """
resource "aws_sns_topic_subscription" "paid" {
  topic_arn = aws_sns_topic.paid.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.processor.arn
}
"""
    + example.function(role=example.ELSEWHERE)
)

RULE = Rule(
    id="sns-lambda-permission-missing",
    title="A subscription of a function that SNS may not call",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "SNS calls a function only where the function's own policy lets sns.amazonaws.com. Without an "
        "aws_lambda_permission the subscription stands, and nothing is delivered."
    ),
    sources=("https://docs.aws.amazon.com/sns/latest/dg/sns-lambda-as-subscriber.html",),
    resources=("aws_sns_topic_subscription",),
    failing=_SUBSCRIPTION,
    passing=_SUBSCRIPTION + example.permission("sns.amazonaws.com", "aws_sns_topic.paid.arn"),
)


@RULE.check
def check(subscription: Resource, _: Context) -> Iterator[Problem]:
    """Look for a permission of the function."""
    topic = subscription.target("topic_arn", "aws_sns_topic")
    lost = "nothing that is published reaches it."
    yield from unpermitted(subscription, "endpoint", "sns.amazonaws.com", lost, source=topic)
