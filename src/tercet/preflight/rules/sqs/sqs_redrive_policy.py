"""A redrive policy that SQS does not take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._attributes import ARN, attribute_given
from tercet.preflight.values import is_known, shown

RECEIVES_MOST: Final = 1000
_KEYS: Final = ("deadLetterTargetArn", "maxReceiveCount")

RULE = Rule(
    id="sqs-redrive-policy",
    title="A redrive policy that SQS does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A redrive policy is a JSON object with deadLetterTargetArn, the ARN of a queue, and maxReceiveCount, a "
        "number from 1 to 1,000."
    ),
    aws_error="InvalidParameterValue: Value <policy> for parameter RedrivePolicy is invalid. Reason: <reason>",
    sources=("https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html",),
    resources=("aws_sqs_queue", "aws_sqs_queue_redrive_policy"),
    failing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"

  redrive_policy = jsonencode({
    deadLetterTargetArn = "arn:aws:sqs:us-east-1:123456789012:payments-failed-dev"
    maxReceives         = 5
  })
}
""",
    passing="""
resource "aws_sqs_queue" "payments" {
  name = "payments-dev"

  redrive_policy = jsonencode({
    deadLetterTargetArn = "arn:aws:sqs:us-east-1:123456789012:payments-failed-dev"
    maxReceiveCount     = 5
  })
}
""",
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at both keys."""
    if not resource.has("redrive_policy") or resource.value("redrive_policy") == "":
        return
    document = resource.document("redrive_policy")
    if document is None or (is_known(document) and not isinstance(document, dict)):
        yield _problem(resource, f"redrive_policy is {resource.shown('redrive_policy')}, which is no JSON object")
    elif isinstance(document, dict):
        yield from _keys(resource, Block(resource, "redrive_policy", document))


def _keys(resource: Resource, policy: Block) -> Iterator[Problem]:
    if not policy.values:
        return  # {} takes a policy away
    for key in _KEYS:
        if key not in policy.values:
            others = ", ".join(map(str, policy.values))
            yield _problem(resource, f"redrive_policy has {others[:120]} and lacks {key}")
    for target, attribute, kind in attribute_given(resource.graph, policy.value("deadLetterTargetArn")):
        if target.type == "aws_sqs_queue" and kind != ARN:
            yield _problem(resource, f"deadLetterTargetArn is {target.address}.{attribute}, which is no ARN")
    literal = policy.value("deadLetterTargetArn")
    if isinstance(literal, str) and not literal.startswith("arn:"):
        yield _problem(resource, f"deadLetterTargetArn is {shown(literal)}, which is no ARN")
    count = policy.value("maxReceiveCount")
    if count is None or not is_known(count):
        return
    try:
        valid = 1 <= float(count) <= RECEIVES_MOST and float(count).is_integer()
    except (TypeError, ValueError, OverflowError):
        valid = False
    if not valid:
        yield _problem(resource, f"maxReceiveCount is {shown(count)}, not a whole number from 1 to {RECEIVES_MOST:,}")


def _problem(resource: Resource, what: str) -> Problem:
    return Problem(
        resource,
        "redrive_policy",
        f"{what}: SQS refuses the policy.",
        fix="Write jsonencode({ deadLetterTargetArn = <queue>.arn, maxReceiveCount = 5 }).",
    )
