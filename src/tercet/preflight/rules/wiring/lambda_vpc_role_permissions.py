"""A function in a VPC whose role does not let Lambda make its network interfaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._roles import permissions_at

_ACTIONS: Final = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")

_VPC = """
  vpc_config {
    subnet_ids         = ["subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"]
    security_group_ids = ["sg-0a1b2c3d4e5f60718"]
  }
"""

RULE = Rule(
    id="lambda-vpc-role-permissions",
    title="A function in a VPC whose role may not make network interfaces",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Lambda makes, looks at and deletes the function's network interfaces with the function's role, and refuses "
        "the "
        "function where that may not. AWSLambdaVPCAccessExecutionRole holds what is needed; "
        "AWSLambdaBasicExecutionRole does not."
    ),
    aws_error=(
        "InvalidParameterValueException: The provided execution role does not have permissions to call "
        "CreateNetworkInterface on EC2"
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions",),
    resources=("aws_lambda_function",),
    failing=example.role(example.LOGS) + example.function(_VPC),
    passing=example.role(
        example.LOGS,
        example.allow(
            '["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface", '
            '"ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses", "ec2:DescribeSubnets"]',
            '"*"',
        ),
    )
    + example.function(_VPC),
)


@RULE.check
def check(function: Resource, _: Context) -> Iterator[Problem]:
    """Ask the role for each action."""
    permissions = permissions_at(function)
    if permissions is None or not any(block.has("subnet_ids") for block in function.blocks("vpc_config")):
        return
    if lacking := permissions.lacking(_ACTIONS):
        yield Problem(
            function,
            "role",
            f"The function is in a VPC, and its role {permissions.role.address} lacks {', '.join(lacking)}: Lambda "
            "refuses the function.",
            fix=f"Attach service-role/AWSLambdaVPCAccessExecutionRole to {permissions.role.address}.",
            aws_error="InvalidParameterValueException: The provided execution role does not have permissions to call "
            f"{lacking[0].split(':')[1]} on EC2",
            also={"lacking": ", ".join(lacking)},
        )
