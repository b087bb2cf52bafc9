"""An endpoint that does not go with its protocol."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Template, references_in

_TYPES: Final = {
    "aws_sqs_queue": "sqs",
    "aws_lambda_function": "lambda",
    "aws_lambda_alias": "lambda",
    "aws_kinesis_firehose_delivery_stream": "firehose",
}
_BEGINNINGS: Final = {
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
    "email-json": re.compile(r"[^@\s]+@[^@\s]+"),
    "firehose": re.compile(r"arn:[\w-]+:firehose:.*"),
    "http": re.compile(r"http://.+"),
    "https": re.compile(r"https://.+"),
    "lambda": re.compile(r"arn:[\w-]+:lambda:.*"),
    "sqs": re.compile(r"arn:[\w-]+:sqs:.*"),
}
_LONGEST: Final = 2048

RULE = Rule(
    id="sns-subscription-endpoint",
    title="A subscription's endpoint does not go with its protocol",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Queues, functions and delivery streams are subscribed by their ARNs, HTTP endpoints by their URLs, and each "
        "under its own protocol. SNS refuses an endpoint that does not look like what the protocol says."
    ),
    aws_error="InvalidParameter: Invalid parameter: <endpoint>",
    sources=("https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html",),
    resources=("aws_sns_topic_subscription",),
    failing="""
resource "aws_sns_topic_subscription" "payments" {
  topic_arn = "arn:aws:sns:us-east-1:123456789012:payments-dev"
  protocol  = "sqs"
  endpoint  = "https://sqs.us-east-1.amazonaws.com/123456789012/payments-dev"
}
""",
    passing="""
resource "aws_sns_topic_subscription" "payments" {
  topic_arn = "arn:aws:sns:us-east-1:123456789012:payments-dev"
  protocol  = "sqs"
  endpoint  = "arn:aws:sqs:us-east-1:123456789012:payments-dev"
}
""",
)


@RULE.check
def check(subscription: Resource, _context: Context) -> Iterator[Problem]:
    """Compare what is known of the endpoint with the protocol."""
    protocol = subscription.text("protocol") or ""
    endpoint = subscription.value("endpoint")
    if protocol == "firehose" and not subscription.has("subscription_role_arn"):
        yield Problem(
            subscription,
            "subscription_role_arn",
            "protocol is firehose and subscription_role_arn is missing: SNS refuses the subscription.",
            fix="Set subscription_role_arn to a role that sns.amazonaws.com may assume and that may write there.",
            aws_error="InvalidParameter: Invalid parameter: SubscriptionRoleArn",
            also={"protocol": protocol},
        )
    if isinstance(endpoint, str) and len(endpoint) <= _LONGEST:
        pattern = _BEGINNINGS.get(protocol)
        if pattern is not None and not pattern.fullmatch(endpoint):
            yield _problem(subscription, f"protocol is {protocol} and endpoint is {subscription.shown('endpoint')}")
    elif not isinstance(endpoint, Template):
        for reference in references_in(endpoint):
            for target in subscription.graph.find(reference.address):
                yield from _kind(subscription, protocol, target, reference.path)
            return


def _kind(subscription: Resource, protocol: str, target: Resource, path: tuple[str | int, ...]) -> Iterator[Problem]:
    kind = _TYPES.get(target.type)
    if kind is None or target.mode != "managed":
        return
    if kind != protocol and path in (("arn",), ("id",)):
        yield _problem(subscription, f"protocol is {protocol} and endpoint is {target.address}, which takes {kind}")
    elif kind == "sqs" and protocol == "sqs" and path in (("id",), ("url",)):
        yield _problem(subscription, f"endpoint is the URL of {target.address}, where its ARN is needed")


def _problem(subscription: Resource, what: str) -> Problem:
    return Problem(
        subscription,
        "endpoint",
        f"{what}: SNS refuses the subscription.",
        fix="Give the ARN of a queue, function or delivery stream, or a URL for http and https, under its protocol.",
        also={"protocol": subscription.shown("protocol")},
    )
