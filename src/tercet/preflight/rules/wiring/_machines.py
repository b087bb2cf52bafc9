"""What a state machine does to other resources, by its definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Graph, Resource
from tercet.preflight.policies import functions_in
from tercet.preflight.policies.matching import glob_of
from tercet.preflight.values import Reference, Template, Value

_MAX_STATES: Final = 5_000

_INTEGRATIONS: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "lambda:invoke": ("lambda:InvokeFunction", "FunctionName", ("aws_lambda_function", "aws_lambda_alias")),
    "sqs:sendMessage": ("sqs:SendMessage", "QueueUrl", ("aws_sqs_queue",)),
    "sns:publish": ("sns:Publish", "TopicArn", ("aws_sns_topic",)),
    "dynamodb:getItem": ("dynamodb:GetItem", "TableName", ("aws_dynamodb_table",)),
    "dynamodb:putItem": ("dynamodb:PutItem", "TableName", ("aws_dynamodb_table",)),
    "dynamodb:updateItem": ("dynamodb:UpdateItem", "TableName", ("aws_dynamodb_table",)),
    "dynamodb:deleteItem": ("dynamodb:DeleteItem", "TableName", ("aws_dynamodb_table",)),
    "states:startExecution": ("states:StartExecution", "StateMachineArn", ("aws_sfn_state_machine",)),
    "events:putEvents": ("events:PutEvents", "", ()),
    "ecs:runTask": ("ecs:RunTask", "TaskDefinition", ("aws_ecs_task_definition",)),
}
"""Integration → the action, the parameter that names the resource, and its types."""


@dataclass(frozen=True)
class Task:
    """One thing that a state does."""

    state: str
    action: str
    target: Resource | None
    """None where the parameter is a path, or names what is not in the configuration."""


def tasks(graph: Graph, definition: Value) -> Iterator[Task]:
    """Go through the tasks of a definition, those of its maps and branches too."""
    for name, state in _states(definition):
        if state.get("Type") != "Task":
            continue
        resource = state.get("Resource")
        if (integration := _integration(resource)) is None:
            for function in functions_in(graph, resource):
                yield Task(name, "lambda:InvokeFunction", function)
        elif (known := _INTEGRATIONS.get(integration)) is not None:
            action, parameter, types = known
            given = state.get("Parameters") or state.get("Arguments")
            value = given.get(parameter) if isinstance(given, dict) else None
            targets = _targets(graph, value, types)
            if not targets:
                yield Task(name, action, None)
            for target in targets:
                yield Task(name, action, target)


def _targets(graph: Graph, value: Value, types: tuple[str, ...]) -> list[Resource]:
    if value is None or not types:
        return []
    if "aws_lambda_function" in types:
        return functions_in(graph, value)
    return graph.resolve(value, types)


def _integration(resource: Value) -> str | None:
    """Return ``sqs:sendMessage`` of ``arn:aws:states:::sqs:sendMessage.waitForTaskToken``; None for another ARN."""
    if not isinstance(resource, str | Template) or isinstance(resource, Reference):
        return None
    pattern = glob_of(resource) or ""
    _, marker, name = pattern.partition(":states:::")
    return name.split(".")[0] if marker else None


def _states(definition: Value) -> Iterator[tuple[str, dict[str, Value]]]:
    """Go through the states of a definition, whatever is nested in what; at most `_MAX_STATES`."""
    left = _MAX_STATES
    machines = [definition]
    while machines and left:
        machine = machines.pop()
        states = machine.get("States") if isinstance(machine, dict) else None
        for name, state in states.items() if isinstance(states, dict) else ():
            left -= 1
            if not left:
                return
            if isinstance(state, dict):
                yield str(name), state
                machines.extend(state[key] for key in ("ItemProcessor", "Iterator") if key in state)
                branches = state.get("Branches")
                machines.extend(branches if isinstance(branches, list) else [])
