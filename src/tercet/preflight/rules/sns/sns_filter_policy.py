"""A filter policy that SNS does not take."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.eventbridge._patterns import scalar_paths
from tercet.preflight.values import is_known

RULE = Rule(
    id="sns-filter-policy",
    title="A filter policy with values that are no lists",
    severity=Severity.APPLY_FAILS,
    rationale="A filter policy is a JSON object, and each attribute in it has a list of values.",
    aws_error='InvalidParameter: Invalid parameter: FilterPolicy: "<attribute>" must be an object or an array',
    sources=("https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html",),
    resources=("aws_sns_topic_subscription",),
    failing="""
resource "aws_sns_topic_subscription" "payments" {
  topic_arn     = "arn:aws:sns:us-east-1:123456789012:payments-dev"
  protocol      = "sqs"
  endpoint      = "arn:aws:sqs:us-east-1:123456789012:payments-dev"
  filter_policy = jsonencode({ type = "payment.captured" })
}
""",
    passing="""
resource "aws_sns_topic_subscription" "payments" {
  topic_arn     = "arn:aws:sns:us-east-1:123456789012:payments-dev"
  protocol      = "sqs"
  endpoint      = "arn:aws:sqs:us-east-1:123456789012:payments-dev"
  filter_policy = jsonencode({ type = ["payment.captured"] })
}
""",
)


@RULE.check
def check(subscription: Resource, _context: Context) -> Iterator[Problem]:
    """Look for single values."""
    if not subscription.has("filter_policy") or subscription.value("filter_policy") == "":
        return
    policy = subscription.document("filter_policy")
    if policy is None or (is_known(policy) and not isinstance(policy, dict)):
        yield Problem(
            subscription,
            "filter_policy",
            f"filter_policy is {subscription.shown('filter_policy')}, which is no JSON object.",
            fix='Write jsonencode({ attribute = ["value"] }).',
            aws_error="InvalidParameter: Invalid parameter: FilterPolicy: failed to parse JSON.",
        )
        return
    for path, value in scalar_paths(policy)[:5]:
        yield Problem(
            subscription,
            "filter_policy",
            f"{path} in filter_policy is {value}, which is no list.",
            fix=f"Put it into a list: [{value}].",
            aws_error=f'InvalidParameter: Invalid parameter: FilterPolicy: "{path}" must be an object or an array',
            also={"path": path},
        )
