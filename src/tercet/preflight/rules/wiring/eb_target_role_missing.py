"""An event target that needs a role, and has none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example

_NEED_ROLE: Final = (
    "aws_codepipeline", "aws_ecs_cluster", "aws_kinesis_firehose_delivery_stream", "aws_kinesis_stream",
    "aws_sfn_state_machine",
)  # fmt: skip

_TARGET = """
resource "aws_sfn_state_machine" "payment" {
  name       = "payments-payment-dev"
  role_arn   = "arn:aws:iam::111122223333:role/payments-workflow-dev"
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
}

resource "aws_cloudwatch_event_rule" "paid" {
  name          = "payments-paid-dev"
  event_pattern = jsonencode({ source = ["payments.ledger"] })
}

resource "aws_cloudwatch_event_target" "paid" {
  rule = aws_cloudwatch_event_rule.paid.name
  arn  = aws_sfn_state_machine.payment.arn
  %s
}
"""

RULE = Rule(
    id="eb-target-role-missing",
    title="An event target that needs a role, and has none",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "EventBridge reaches state machines, streams, pipelines and tasks of ECS with a role, and refuses such a "
        "target "
        "without role_arn."
    ),
    aws_error="ValidationException: RoleArn is required for target <arn>.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html",
        "https://github.com/awsdocs/aws-codepipeline-user-guide/pull/18",
    ),
    resources=("aws_cloudwatch_event_target",),
    failing=_TARGET % "",
    passing=_TARGET % "role_arn = aws_iam_role.events.arn"
    + example.role(
        example.allow('["states:StartExecution"]', "aws_sfn_state_machine.payment.arn"),
        service="events.amazonaws.com",
        name="events",
    ),
)


@RULE.check
def check(target: Resource, _: Context) -> Iterator[Problem]:
    """Look at what the target is."""
    if target.has("role_arn"):
        return
    for found in target.targets("arn", *_NEED_ROLE):
        yield Problem(
            target,
            "role_arn",
            f"The target is {found.address}, and there is no role_arn: EventBridge refuses the target.",
            fix="Add role_arn: a role that events.amazonaws.com may assume, and that may reach the target.",
        )
