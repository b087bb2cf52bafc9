"""A topic to which EventBridge may not publish."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._sending import closed_to

_TARGET = (
    example.TOPIC
    + """
resource "aws_cloudwatch_event_rule" "failed" {
  name          = "payments-failed-dev"
  event_pattern = jsonencode({ source = ["payments.ledger"] })
}

resource "aws_cloudwatch_event_target" "failed" {
  rule = aws_cloudwatch_event_rule.failed.name
  arn  = aws_sns_topic.paid.arn
}
"""
)

RULE = Rule(
    id="eb-topic-policy-missing",
    title="A topic to which EventBridge may not publish",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "EventBridge publishes to a topic only where the topic's policy lets events.amazonaws.com do sns:Publish; the "
        "policy that a topic has by default does not. The rule matches, and nothing is published. A target that has a "
        "role of its own is not reported."
    ),
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions",),
    resources=("aws_cloudwatch_event_target",),
    failing=_TARGET,
    passing=_TARGET
    + example.queue_policy("events.amazonaws.com", "aws_cloudwatch_event_rule.failed.arn", "sns", "aws_sns_topic.paid"),
)


@RULE.check
def check(target: Resource, _: Context) -> Iterator[Problem]:
    """Look at the topic's policy."""
    rule = target.target("rule", "aws_cloudwatch_event_rule")
    if not target.has("role_arn"):
        yield from closed_to(target, "arn", "aws_sns_topic", "events.amazonaws.com", "nothing is published.", rule)
