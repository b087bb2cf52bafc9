"""A file system in a function outside of a VPC."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.lambda_._examples import function

_FILES: Final = (
    "file_system_config {",
    '  arn              = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0"',
    '  local_mount_path = "/mnt/ledger"',
    "}",
)
_VPC: Final = (
    "",
    "vpc_config {",
    '  subnet_ids         = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]',
    '  security_group_ids = ["sg-0123456789abcdef0"]',
    "}",
)

RULE = Rule(
    id="lambda-efs-without-vpc",
    title="A file system in a function outside of a VPC",
    severity=Severity.APPLY_FAILS,
    rationale="EFS is reached through mount targets in a VPC: a function that mounts it has a vpc_config.",
    aws_error=(
        "InvalidParameterValueException: Function must be configured to execute in a VPC to reference access points"
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html",),
    resources=("aws_lambda_function",),
    failing=function(*_FILES),
    passing=function(*_FILES, *_VPC),
)


@RULE.check
def check(function: Resource, _context: Context) -> Iterator[Problem]:
    """Look for the VPC."""
    for files in function.blocks("file_system_config"):
        arn = files.value("arn")
        if isinstance(arn, str) and ":elasticfilesystem:" not in arn and arn.startswith("arn:"):
            continue  # other kinds of file systems have rules of their own
        if not function.has("vpc_config"):
            yield Problem(
                function,
                "vpc_config",
                f"The function mounts {files.shown('arn')} and has no vpc_config: Lambda does not create it.",
                fix="Give it a vpc_config in the VPC of the mount targets.",
            )
