"""Subnets without security groups, or the reverse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function

_SUBNETS: Final = '  subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]'

RULE = Rule(
    id="lambda-vpc-incomplete",
    title="A function's vpc_config lacks security groups or subnets",
    severity=Severity.APPLY_FAILS,
    rationale="A function in a VPC needs subnets and security groups, both; outside of one it has neither.",
    aws_error="InvalidParameterValueException: SubnetIds and SecurityIds must coexist or be both empty list.",
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",),
    resources=("aws_lambda_function",),
    failing=function("vpc_config {", _SUBNETS, "  security_group_ids = []", "}"),
    passing=function("vpc_config {", _SUBNETS, '  security_group_ids = ["sg-0123456789abcdef0"]', "}"),
)


@RULE.check
def check(function: Resource, _context: Context) -> Iterator[Problem]:
    """Look for one list that is empty."""
    for vpc in function.blocks("vpc_config"):
        # An argument that is absent is the schema's business; an empty list is Lambda's.
        lists = {name: vpc.values[name] for name in ("subnet_ids", "security_group_ids") if name in vpc.values}
        empty = [name for name, value in lists.items() if value == []]
        if len(empty) == 1 and len(lists) == 2 and all(vpc.items(name) for name in lists if name not in empty):
            yield Problem(
                vpc,
                empty[0],
                f"{vpc.named(empty[0])} is empty and the other list is not: Lambda needs both, or neither.",
                fix=f"Give {empty[0]}.",
            )
