"""A function whose role does not let it write logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._roles import permissions_at

_ACTIONS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")

RULE = Rule(
    id="lambda-log-role-permissions",
    title="A function whose role may not write logs",
    severity=Severity.ADVICE,
    rationale=(
        "Lambda writes a function's output to CloudWatch Logs with the function's role. Where that may not, the "
        "function runs and nobody ever sees what it says, errors included. It is advice: the function works."
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html",),
    resources=("aws_lambda_function",),
    failing=example.role(example.allow('["xray:PutTraceSegments"]', '"*"')) + example.function(),
    passing=example.role(example.LOGS) + example.function(),
)


@RULE.check
def check(function: Resource, _: Context) -> Iterator[Problem]:
    """Ask the role for each action."""
    permissions = permissions_at(function)
    if permissions is not None and (lacking := permissions.lacking(_ACTIONS)):
        yield Problem(
            function,
            "role",
            f"The role {permissions.role.address} lacks {', '.join(lacking)}: whatever the function writes is lost.",
            fix=f"Attach service-role/AWSLambdaBasicExecutionRole to {permissions.role.address}.",
        )
