"""A topic that calls a function that publishes to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.policies import RolePermissions, functions_of
from tercet.preflight.policies.matching import covers_resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._emitters import environment
from tercet.preflight.rules.wiring._roles import permissions_at
from tercet.preflight.values import references_in

_PUBLISH: Final = "sns:publish"

_SUBSCRIPTION = (
    example.TOPIC
    + """
resource "aws_sns_topic_subscription" "paid" {
  topic_arn = aws_sns_topic.paid.arn
  protocol  = "lambda"
  endpoint  = aws_lambda_function.processor.arn
  %s
}
"""
    + example.role(example.LOGS, example.allow('["sns:Publish"]', "aws_sns_topic.paid.arn"))
    + example.function(
        """
  environment {
    variables = {
      TOPIC_ARN = aws_sns_topic.paid.arn
    }
  }
"""
    )
    + example.permission("sns.amazonaws.com", "aws_sns_topic.paid.arn")
)

RULE = Rule(
    id="sns-event-loop",
    title="A topic that calls a function that publishes to it",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A function that is subscribed to a topic, is told that topic's ARN in its environment, and may publish to "
        "it by "
        "name, is sent what it publishes: each message makes another, until Lambda stops it after 16 rounds. A "
        "subscription with a filter policy is not reported: it may keep them apart."
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html",),
    resources=("aws_sns_topic_subscription",),
    failing=_SUBSCRIPTION % "",
    passing=_SUBSCRIPTION % 'filter_policy = jsonencode({ kind = ["requested"] })',
)


@RULE.check
def check(subscription: Resource, _: Context) -> Iterator[Problem]:
    """Look at what the function is told and may do."""
    topic = subscription.target("topic_arn", "aws_sns_topic")
    if topic is None or topic.mode != "managed" or subscription.has("filter_policy"):
        return
    for function in functions_of(subscription, "endpoint"):
        permissions = permissions_at(function)
        if permissions is None or not _is_told(function, topic):
            continue
        if not _may_publish(permissions, topic):
            if permissions.unknown:
                raise Undecidable(f"policies of {permissions.role.address}", permissions.because())
            continue
        yield Problem(
            subscription,
            "endpoint",
            f"{function.address} is subscribed to {topic.address}, is told its ARN and may publish to it: each "
            "message that it publishes comes back to it.",
            fix="Let the function publish to another topic, or give the subscription a filter_policy.",
            also={"topic": topic.address},
        )


def _is_told(function: Resource, topic: Resource) -> bool:
    graph = function.graph
    values = environment(function).values()
    return any(topic in graph.find(one.address) for value in values for one in references_in(value))


def _may_publish(permissions: RolePermissions, topic: Resource) -> bool:
    return any(
        any(isinstance(action, str) and action.lower() == _PUBLISH for action in statement.actions or ())
        and any(covers_resource(entry, topic) is True and entry != "*" for entry in statement.resources or ())
        for statement in permissions.statements()
        if statement.grants
    )
