"""A state machine whose role may not do what its definition says."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import RolePermissions, any_of
from tercet.preflight.policies.matching import Answer
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._machines import Task, tasks
from tercet.preflight.rules.wiring._roles import grant, permissions_at

_MACHINE = (
    example.QUEUE
    + """
resource "aws_sfn_state_machine" "payment" {
  name     = "payments-payment-dev"
  role_arn = aws_iam_role.workflow.arn
  definition = jsonencode({
    StartAt = "Notify"
    States = {
      Notify = {
        Type       = "Task"
        Resource   = "arn:aws:states:::sqs:sendMessage"
        Parameters = { QueueUrl = aws_sqs_queue.orders.url, MessageBody = "paid" }
        End        = true
      }
    }
  })
}
"""
)

RULE = Rule(
    id="sfn-role-permissions",
    title="A state machine whose role may not do what its states do",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Step Functions calls functions, queues, topics, tables and other machines with the machine's role. It does "
        "not "
        "ask beforehand whether it may: the machine deploys, and each execution fails at the state that is not "
        "allowed. "
        "A task of ECS needs iam:PassRole for the task's roles as well."
    ),
    aws_error="States.TaskFailed: AccessDeniedException … is not authorized to perform: <action> (at run time)",
    sources=("https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html",),
    resources=("aws_sfn_state_machine",),
    failing=_MACHINE
    + example.role(
        example.allow('["sqs:ReceiveMessage"]', "aws_sqs_queue.orders.arn"),
        service="states.amazonaws.com",
        name="workflow",
    ),
    passing=_MACHINE
    + example.role(
        example.allow('["sqs:SendMessage"]', "aws_sqs_queue.orders.arn"),
        service="states.amazonaws.com",
        name="workflow",
    ),
)


@RULE.check
def check(machine: Resource, _: Context) -> Iterator[Problem]:
    """Ask the role for each task."""
    permissions = permissions_at(machine, "role_arn")
    if permissions is None:
        return
    told: set[tuple[str, str | None]] = set()
    for task in tasks(machine.graph, machine.document("definition")):
        for action in _actions(task):
            key = (action, task.target.address if task.target is not None else None)
            if key not in told and _lacks(permissions, action, task.target):
                told.add(key)
                target = task.target.address if task.target is not None else "what it names"
                yield Problem(
                    machine,
                    "role_arn",
                    f"State {task.state} needs {action} on {target}, which {permissions.role.address} does not allow: "
                    "every execution fails there.",
                    fix=grant([action], permissions.role, target),
                    also={"state": task.state, "action": action},
                )


def _actions(task: Task) -> list[str]:
    definition = task.target
    if task.action != "ecs:RunTask" or definition is None:
        return [task.action]
    roles = definition.has("task_role_arn") or definition.has("execution_role_arn")
    return [task.action, "iam:PassRole"] if roles else [task.action]


def _lacks(permissions: RolePermissions, action: str, target: Resource | None) -> bool:
    if target is None or action == "iam:PassRole":
        return permissions.lacks(action)
    if target.type == "aws_ecs_task_definition":
        return permissions.lacks(action)  # by family, revision, or cluster: too many shapes to tell apart
    if target.type == "aws_lambda_function":
        return _lacks_function(permissions, action, target)
    return permissions.lacks(action, target)


def _lacks_function(permissions: RolePermissions, action: str, function: Resource) -> bool:
    """Tell whether neither the function nor an alias of it may be called."""
    aliases = [one for one in function.referrers("aws_lambda_alias") if function in one.targets("function_name")]
    answers: list[Answer] = [permissions.allows(action, one) for one in (function, *aliases)]
    return not any_of(answers) and permissions.lacks(action, function)
