"""A function that is to hand on what failed, and whose role does not let it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.policies import functions_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._roles import grant, permissions_at

_ACTIONS: Final = {
    "aws_sqs_queue": ("sqs:SendMessage", "SQS"),
    "aws_sns_topic": ("sns:Publish", "SNS"),
    "aws_lambda_function": ("lambda:InvokeFunction", "Lambda"),
    "aws_cloudwatch_event_bus": ("events:PutEvents", "EventBridge"),
}

_DEAD_LETTERS = """
  dead_letter_config {
    target_arn = aws_sqs_queue.orders.arn
  }
"""

RULE = Rule(
    id="lambda-dlq-role-permissions",
    title="A function's role may not send to its dead-letter queue or destination",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Lambda sends failed events to the dead-letter queue, or results to a destination, with the function's role, "
        "and asks when they are configured whether it may."
    ),
    aws_error=(
        "InvalidParameterValueException: The provided execution role does not have permissions to call SendMessage on "
        "SQS"
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",),
    resources=("aws_lambda_function", "aws_lambda_function_event_invoke_config"),
    failing=example.QUEUE + example.role(example.LOGS) + example.function(_DEAD_LETTERS),
    passing=example.QUEUE
    + example.role(example.LOGS, example.allow('["sqs:SendMessage"]', "aws_sqs_queue.orders.arn"))
    + example.function(_DEAD_LETTERS),
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Ask the role of each function for the action on each destination."""
    functions = [resource] if resource.type == "aws_lambda_function" else functions_of(resource, "function_name")
    for block, argument in _destinations(resource):
        for target in block.targets(argument, *_ACTIONS):
            for function in functions:
                yield from _lacking(function, block, argument, target)


def _destinations(resource: Resource) -> Iterator[tuple[Block, str]]:
    for block in resource.blocks("dead_letter_config"):
        yield block, "target_arn"
    for block in resource.blocks("destination_config"):
        for kind in ("on_failure", "on_success"):
            for inner in block.blocks(kind):
                yield inner, "destination"


def _lacking(function: Resource, block: Block, argument: str, target: Resource) -> Iterator[Problem]:
    permissions = permissions_at(function)
    action, service = _ACTIONS[target.type]
    if permissions is None or not permissions.lacks(action, target):
        return
    yield Problem(
        block,
        argument,
        f"{permissions.role.address}, the role of {function.address}, lacks {action} on {target.address}: Lambda "
        "refuses "
        f"{block.named(argument)}.",
        fix=grant([action], permissions.role, target.address),
        aws_error="InvalidParameterValueException: The provided execution role does not have permissions to call "
        f"{action.split(':')[1]} on {service}",
    )
