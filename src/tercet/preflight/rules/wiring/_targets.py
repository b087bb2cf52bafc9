"""Targets that EventBridge and Scheduler reach with a role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Problem
from tercet.preflight.rules.wiring._roles import grant, permissions_at

ACTIONS: Final = {
    "aws_cloudwatch_event_bus": "events:PutEvents",
    "aws_kinesis_firehose_delivery_stream": "firehose:PutRecord",
    "aws_kinesis_stream": "kinesis:PutRecord",
    "aws_lambda_function": "lambda:InvokeFunction",
    "aws_sfn_state_machine": "states:StartExecution",
    "aws_sns_topic": "sns:Publish",
    "aws_sqs_queue": "sqs:SendMessage",
}
"""Type of target → the action that reaches it."""


def unreachable(block: Block, consequence: str) -> Iterator[Problem]:
    """Go through the targets of an ``arn`` that the ``role_arn`` beside it does not let be reached."""
    permissions = permissions_at(block, "role_arn")
    if permissions is None:
        return
    for target in block.targets("arn", *ACTIONS):
        action = ACTIONS[target.type]
        if permissions.lacks(action, target):
            yield _problem(block, target, action, permissions.role, consequence)


def _problem(block: Block, target: Resource, action: str, role: Resource, consequence: str) -> Problem:
    return Problem(
        block,
        "role_arn",
        f"{role.address} does not allow {action} on {target.address}: {consequence}",
        fix=grant([action], role, target.address),
        also={"target": target.address},
    )
