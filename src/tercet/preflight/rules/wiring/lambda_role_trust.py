"""A function whose role Lambda may not assume."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._roles import distrusts, made_here, trusted

_SERVICE = "lambda.amazonaws.com"

RULE = Rule(
    id="lambda-role-trust",
    title="A function's role that Lambda may not assume",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Lambda assumes the function's role. A trust policy that does not let lambda.amazonaws.com do so makes Lambda "
        "refuse the function."
    ),
    aws_error="InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda.",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",),
    resources=("aws_lambda_function",),
    failing=example.role(example.LOGS, service="ec2.amazonaws.com") + example.function(),
    passing=example.role(example.LOGS) + example.function(),
)


@RULE.check
def check(function: Resource, _: Context) -> Iterator[Problem]:
    """Look at the role's trust policy."""
    role = made_here(function)
    if role is not None and distrusts(role, _SERVICE):
        yield Problem(
            function,
            "role",
            f"{role.address} lets {trusted(role)} assume it, not {_SERVICE}: Lambda refuses the function.",
            fix=f"Allow sts:AssumeRole to the service {_SERVICE} in assume_role_policy of {role.address}.",
        )
