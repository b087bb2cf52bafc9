"""A schedule whose role does not let its target be reached."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._targets import unreachable

_SCHEDULE = (
    example.QUEUE
    + """
resource "aws_scheduler_schedule" "sweep" {
  name                = "payments-sweep-dev"
  schedule_expression = "rate(5 minutes)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_sqs_queue.orders.arn
    role_arn = aws_iam_role.scheduler.arn
  }
}
"""
)


def _role(actions: str) -> str:
    return example.role(
        example.allow(actions, "aws_sqs_queue.orders.arn"), service="scheduler.amazonaws.com", name="scheduler"
    )


RULE = Rule(
    id="scheduler-role-permissions",
    title="A schedule whose role does not allow its target",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "EventBridge Scheduler reaches its target with the schedule's role, and with nothing else: a permission of the "
        "function or a policy of the queue for the service does not count. Where the role may not, the schedule runs "
        "and "
        "nothing happens."
    ),
    sources=("https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html#setting-up-execution-role",),
    resources=("aws_scheduler_schedule",),
    failing=_SCHEDULE + _role('["sqs:ReceiveMessage"]'),
    passing=_SCHEDULE + _role('["sqs:SendMessage"]'),
)


@RULE.check
def check(schedule: Resource, _: Context) -> Iterator[Problem]:
    """Ask the role for the action on the target."""
    for block in schedule.blocks("target"):
        yield from unreachable(block, "the schedule runs, and nothing happens.")
