"""A policy that is longer than IAM takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Encoded, Reference, Template, Text, Unknown, Value

_LIMITS: Final = {
    "aws_iam_policy": (6_144, "a managed policy"),
    "aws_iam_role": (10_240, "the inline policies of a role"),
    "aws_iam_role_policy": (10_240, "the inline policies of a role"),
    "aws_iam_user_policy": (2_048, "the inline policies of a user"),
    "aws_iam_group_policy": (5_120, "the inline policies of a group"),
}
"""Characters without white space."""

_POLICY = """
resource "aws_iam_policy" "buckets" {
  name = "payments-buckets-dev"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = [for n in range(%d) : "arn:aws:s3:::payments-receipts-of-merchant-${n}-dev/*"]
    }]
  })
}
"""

RULE = Rule(
    id="iam-policy-too-large",
    title="A policy that is longer than IAM takes",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "IAM counts a policy's characters without white space: 6,144 in a managed policy; 10,240 in all inline "
        "policies "
        "of a role, 2,048 of a user, 5,120 of a group. These quotas cannot be raised. What is not known counts as "
        "nothing."
    ),
    aws_error="LimitExceeded: Cannot exceed quota for PolicySize: 6144",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",),
    resources=tuple(_LIMITS),
    failing=_POLICY % 200,
    passing=_POLICY % 20,
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Count the characters that are known."""
    limit, what = _LIMITS[resource.type]
    blocks: list[Block] = resource.blocks("inline_policy") if resource.type == "aws_iam_role" else [resource]
    size = sum(_size(block.value("policy")) for block in blocks)
    if size > limit:
        yield Problem(
            resource,
            "policy" if resource.type != "aws_iam_role" else "inline_policy",
            f"At least {size:,} characters without white space: IAM takes {limit:,} for {what}.",
            fix="Split it into several policies, or name resources by a common prefix and `*`.",
            aws_error=None
            if resource.type == "aws_iam_policy"
            else f"LimitExceeded: Maximum policy size of {limit} bytes exceeded for {what.rsplit(' ', 1)[1]} <name>",
            also={"characters": str(size)},
        )


def _size(value: Value) -> int:
    if isinstance(value, Encoded):
        value = _plain(value.structure, 50)
        return len("".join(json.dumps(value, separators=(",", ":")).split()))
    if isinstance(value, Template):
        value = value.literal
    return len("".join(value.split())) if isinstance(value, str) else 0


def _plain(value: Value, depth: int) -> Value:
    """Return a structure in which what is not known is an empty text."""
    if depth == 0 or isinstance(value, Reference | Unknown | Encoded):
        return ""
    if isinstance(value, Template):
        return value.literal
    if isinstance(value, dict):
        return {str(key): _plain(one, depth - 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, depth - 1) for one in value]
    return str(value) if isinstance(value, Text) else value
