"""Two policies for one resource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import completions
from tercet.preflight.rule import Context, Problem, Rule

_HOLDERS: Final = {
    "aws_backup_vault": ("aws_backup_vault_policy", "backup_vault_name", "name"),
    "aws_cloudwatch_event_bus": ("aws_cloudwatch_event_bus_policy", "event_bus_name", "name"),
    "aws_ecr_repository": ("aws_ecr_repository_policy", "repository", "name"),
    "aws_kms_key": ("aws_kms_key_policy", "key_id", "key_id"),
    "aws_secretsmanager_secret": ("aws_secretsmanager_secret_policy", "secret_arn", "arn"),
    "aws_sns_topic": ("aws_sns_topic_policy", "arn", "arn"),
    "aws_sqs_queue": ("aws_sqs_queue_policy", "queue_url", "url"),
}
"""Type → the type of its policy, the argument of that which names it, and by what it is named."""


def _policy(name: str, service: str) -> str:
    return f"""
resource "aws_sqs_queue_policy" "{name}" {{
  queue_url = aws_sqs_queue.orders.id
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ AWS = "arn:aws:iam::{service}:root" }}
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.orders.arn
    }}]
  }})
}}
"""


_QUEUE = """
resource "aws_sqs_queue" "orders" {
  name                    = "payments-orders-dev"
  sqs_managed_sse_enabled = true
}
"""

RULE = Rule(
    id="policy-overwritten",
    title="Two policies for one queue, topic, key, secret, bus, vault or repository",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Such a resource has one policy. Each of two writes the whole of it: the later one wins, what the other "
        "allowed is denied, and each plan wants to change it back."
    ),
    sources=("https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",),
    resources=tuple(_HOLDERS),
    failing=_QUEUE + _policy("shop", "111122223333") + _policy("audit", "444455556666"),
    passing=_QUEUE + _policy("shop", "111122223333"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Count the policies."""
    kind, argument, name = _HOLDERS[resource.type]
    found = completions(resource.graph, kind, argument, resource.type).of(resource, [resource.value(name)])[0]
    # Instances of one block may each have a resource of their own that is not known.
    if len({one.block_address for one in found}) < 2:
        return
    listed = ", ".join(one.address for one in found[:5])
    yield Problem(
        found[-1],
        argument,
        f"{listed} are all for {resource.address}, which has one policy: the last one written wins.",
        fix=f"Bring their statements together in one {kind}.",
        also={"for the same resource": listed},
    )
