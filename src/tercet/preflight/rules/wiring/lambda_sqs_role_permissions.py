"""A function that is to read a queue, and whose role does not let it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._roles import grant
from tercet.preflight.rules.wiring._triggers import triggers

_ACTIONS: Final = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")

_MAPPING = """
resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn = aws_sqs_queue.orders.arn
  function_name    = aws_lambda_function.processor.arn
}
"""

RULE = Rule(
    id="lambda-sqs-role-permissions",
    title="A function is mapped to a queue that its role may not read",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Lambda reads the queue with the function's role and asks, when the mapping is created, whether it may: "
        "sqs:ReceiveMessage, sqs:DeleteMessage and sqs:GetQueueAttributes."
    ),
    aws_error=(
        "InvalidParameterValueException: The function execution role does not have permissions to call <action> on SQS"
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html",),
    resources=("aws_lambda_event_source_mapping",),
    failing=example.QUEUE + example.role(example.LOGS) + example.function() + _MAPPING,
    passing=example.QUEUE
    + example.role(
        example.LOGS,
        example.allow(
            '["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]', "aws_sqs_queue.orders.arn"
        ),
    )
    + example.function()
    + _MAPPING,
)


@RULE.check
def check(mapping: Resource, _: Context) -> Iterator[Problem]:
    """Ask the role for each action."""
    for trigger in triggers(mapping, "sqs"):
        lacking = trigger.permissions.lacking(_ACTIONS, trigger.source)
        if lacking:
            role = trigger.permissions.role
            yield Problem(
                mapping,
                "function_name",
                f"{role.address}, the role of {trigger.function.address}, lacks {', '.join(lacking)} on "
                f"{trigger.named}: Lambda refuses the mapping.",
                fix=grant(lacking, role, trigger.named),
                aws_error="InvalidParameterValueException: The function execution role does not have permissions to "
                f"call {lacking[0].split(':')[1]} on SQS",
                also={"lacking": ", ".join(lacking)},
            )
