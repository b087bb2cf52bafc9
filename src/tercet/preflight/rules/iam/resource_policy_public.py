"""A queue, topic, key or secret that everybody may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import Statement, policy_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.iam._documents import RESOURCE, called

_TYPES: Final = tuple(kind for kind in RESOURCE if kind != "aws_s3_bucket_policy")

_QUEUE = """
resource "aws_sqs_queue" "orders" {
  name                    = "payments-orders-dev"
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue_policy" "orders" {
  queue_url = aws_sqs_queue.orders.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.orders.arn
      %s
    }]
  })
}
"""

RULE = Rule(
    id="resource-policy-public",
    title="A queue, topic, key or secret that every AWS account may use",
    severity=Severity.SECURITY,
    rationale=(
        "A policy of a resource that allows the principal `*` without a condition lets everybody in. With a condition, "
        "such as aws:SourceArn, it may be what is meant, and is not reported; nor are buckets, which may be public on "
        "purpose."
    ),
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous",
    ),
    resources=_TYPES,
    failing=_QUEUE % "",
    passing=_QUEUE
    % 'Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:us-east-1:111122223333:payments-dev" } }',
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look for a principal that is everybody."""
    policy = policy_of(resource)
    for place, statement in enumerate(policy.statements if policy is not None else ()):
        if statement.grants and not statement.conditions and _is_everybody(statement):
            yield Problem(
                resource,
                "policy",
                f"{called(statement, place)} lets every AWS account in, without a condition.",
                fix="Name the service or the account, or add a condition such as aws:SourceArn.",
            )


def _is_everybody(statement: Statement) -> bool:
    principals = statement.principals or {}
    return any("*" in principals.get(kind, ()) for kind in ("AWS", "*"))
