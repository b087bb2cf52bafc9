"""A pipe or a data source whose role does not let it reach what it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import made
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._roles import grant, permissions_at
from tercet.preflight.rules.wiring._targets import ACTIONS

_PIPE: Final = "aws_pipes_pipe"
_SOURCE: Final = "aws_appsync_datasource"
_READING: Final[Mapping[str, tuple[str, ...]]] = {
    "aws_sqs_queue": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "aws_kinesis_stream": ("kinesis:GetRecords", "kinesis:GetShardIterator"),
}
"""Type of a pipe's source → what the pipe does with it."""

_PIPE_EXAMPLE = (
    example.QUEUE
    + example.TOPIC
    + """
resource "aws_pipes_pipe" "paid" {
  name     = "payments-paid-dev"
  role_arn = aws_iam_role.pipe.arn
  source   = aws_sqs_queue.orders.arn
  target   = aws_sns_topic.paid.arn
}
"""
)


def _role(*actions: str) -> str:
    return example.role(
        example.allow(f"[{', '.join(actions)}]", "aws_sqs_queue.orders.arn"),
        example.allow('["sns:Publish"]', "aws_sns_topic.paid.arn"),
        service="pipes.amazonaws.com",
        name="pipe",
    )


RULE = Rule(
    id="integration-role-permissions",
    title="A pipe or a data source of AppSync whose role does not allow what it does",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A pipe reads its source and sends to its target with its role, AppSync calls the function of a data source "
        "with that one's role; permissions of the function or the queue for the service do not count. Where the role "
        "may not, all of it deploys, no event comes through, and each query is answered with an error."
    ),
    sources=(
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-permissions.html",
        "https://docs.aws.amazon.com/appsync/latest/devguide/attaching-a-data-source.html",
    ),
    resources=(_PIPE, _SOURCE),
    failing=_PIPE_EXAMPLE + _role('"sqs:ReceiveMessage"'),
    passing=_PIPE_EXAMPLE + _role('"sqs:ReceiveMessage"', '"sqs:DeleteMessage"', '"sqs:GetQueueAttributes"'),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Ask the role for each action."""
    if resource.type == _PIPE:
        yield from _lacking(resource, "role_arn", resource, "source", _READING)
        for argument in ("target", "enrichment"):
            yield from _lacking(resource, "role_arn", resource, argument, {k: (v,) for k, v in ACTIONS.items()})
    elif resource.text("type") == "AWS_LAMBDA":
        calls = {"aws_lambda_function": ("lambda:InvokeFunction",)}
        for block in resource.blocks("lambda_config"):
            yield from _lacking(resource, "service_role_arn", block, "function_arn", calls)


def _lacking(
    holder: Resource, role_argument: str, block: Block, argument: str, actions: Mapping[str, tuple[str, ...]]
) -> Iterator[Problem]:
    permissions = permissions_at(holder, role_argument)
    if permissions is None:
        return
    for target in made(block, argument, *actions):
        if lacking := permissions.lacking(actions[target.type], target):
            yield Problem(
                block,
                argument,
                f"{permissions.role.address}, the role of {holder.address}, lacks {', '.join(lacking)} on "
                f"{target.address}: it deploys, and nothing comes through.",
                fix=grant(lacking, permissions.role, target.address),
                also={"lacking": ", ".join(lacking)},
            )
