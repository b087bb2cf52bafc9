"""An event target that its role does not let be reached."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._targets import unreachable

_TARGET = """
resource "aws_kinesis_stream" "ledger" {
  name            = "payments-ledger-dev"
  encryption_type = "KMS"
  kms_key_id      = "alias/aws/kinesis"
  shard_count     = 2
}

resource "aws_cloudwatch_event_rule" "paid" {
  name          = "payments-paid-dev"
  event_pattern = jsonencode({ source = ["payments.ledger"] })
}

resource "aws_cloudwatch_event_target" "paid" {
  rule     = aws_cloudwatch_event_rule.paid.name
  arn      = aws_kinesis_stream.ledger.arn
  role_arn = aws_iam_role.events.arn
}
"""


def _role(actions: str) -> str:
    return example.role(
        example.allow(actions, "aws_kinesis_stream.ledger.arn"), service="events.amazonaws.com", name="events"
    )


RULE = Rule(
    id="eb-target-role-permissions",
    title="An event target that its role does not allow",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "EventBridge reaches a state machine, stream or other bus with the target's role. It does not ask beforehand "
        "whether that may: the rule matches, each invocation is denied, and the events are lost."
    ),
    sources=("https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html",),
    resources=("aws_cloudwatch_event_target",),
    failing=_TARGET + _role('["kinesis:DescribeStream"]'),
    passing=_TARGET + _role('["kinesis:PutRecord", "kinesis:PutRecords"]'),
)


@RULE.check
def check(target: Resource, _: Context) -> Iterator[Problem]:
    """Ask the role for the action on the target."""
    yield from unreachable(target, "the events do not arrive, and are lost.")
