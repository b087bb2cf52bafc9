"""A state machine that is to log, and whose role does not let it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._roles import permissions_at

_ACTION: Final = "logs:CreateLogDelivery"
_ACTIONS: Final = (
    "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
)  # fmt: skip

_MACHINE = """
resource "aws_cloudwatch_log_group" "payment" {
  name              = "/aws/vendedlogs/states/payments-payment-dev"
  retention_in_days = 30
}

resource "aws_sfn_state_machine" "payment" {
  name       = "payments-payment-dev"
  role_arn   = aws_iam_role.workflow.arn
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
  logging_configuration {
    level           = "ERROR"
    log_destination = "${aws_cloudwatch_log_group.payment.arn}:*"
  }
}
"""


def _role(actions: str) -> str:
    return example.role(example.allow(actions, '"*"'), service="states.amazonaws.com", name="workflow")


RULE = Rule(
    id="sfn-log-role-permissions",
    title="A state machine that is to log, and whose role may not",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Step Functions delivers logs through a log delivery, which it makes with the machine's role, and refuses the "
        "machine where that may not. These actions have no resources: they are allowed on `*`."
    ),
    aws_error=("AccessDeniedException: The state machine IAM Role is not authorized to access the Log Destination"),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy",),
    resources=("aws_sfn_state_machine",),
    failing=_MACHINE + _role('["xray:PutTraceSegments"]'),
    passing=_MACHINE + _role("[" + ", ".join(f'"{one}"' for one in _ACTIONS) + "]"),
)


@RULE.check
def check(machine: Resource, _: Context) -> Iterator[Problem]:
    """Ask the role for what makes a log delivery."""
    permissions = permissions_at(machine, "role_arn")
    if permissions is None or permissions.allows(_ACTION):
        return
    for block in machine.blocks("logging_configuration"):
        if block.text("level", "OFF") != "OFF" and permissions.lacks(_ACTION):
            yield Problem(
                block,
                "level",
                f"level is {block.shown('level')}, and {permissions.role.address} lacks {_ACTION}: Step Functions "
                "refuses "
                "the machine.",
                fix=f"Allow {', '.join(_ACTIONS)} on * in a policy of {permissions.role.address}.",
            )
