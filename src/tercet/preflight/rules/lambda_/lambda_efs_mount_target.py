"""A function that mounts a file system before it can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._order import waits_for
from tercet.preflight.rules._targets import made, the_one
from tercet.preflight.rules.lambda_._examples import function

_TARGET: Final = "aws_efs_mount_target"

_SYSTEM = """
resource "aws_efs_file_system" "payments" {
  encrypted = true
}

resource "aws_efs_access_point" "payments" {
  file_system_id = aws_efs_file_system.payments.id
}

resource "aws_efs_mount_target" "a" {
  file_system_id  = aws_efs_file_system.payments.id
  subnet_id       = "subnet-0a1b2c3d4e5f60718"
  security_groups = ["sg-0a1b2c3d4e5f60718"]
}

resource "aws_efs_mount_target" "b" {
  file_system_id  = aws_efs_file_system.payments.id
  subnet_id       = "subnet-0a1b2c3d4e5f60719"
  security_groups = ["sg-0a1b2c3d4e5f60718"]
}
"""
_MOUNTED: Final = (
    "vpc_config {",
    '  subnet_ids         = ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]',
    '  security_group_ids = ["sg-0a1b2c3d4e5f60718"]',
    "}",
    "file_system_config {",
    "  arn              = aws_efs_access_point.payments.arn",
    '  local_mount_path = "/mnt/payments"',
    "}",
)

RULE = Rule(
    id="lambda-efs-mount-target",
    title="A function does not wait for the mount targets of its file system",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Nothing in a function refers to the mount targets, through which it reaches the file system. Terraform makes "
        "them side by side, and Lambda refuses a function whose file system has no mount target that is available."
    ),
    aws_error=(
        "InvalidParameterValueException: EFS file system <arn> referenced by access point <arn> has mount targets "
        "created in all availability zones the function will execute in, but not all are in the available life cycle "
        "state yet. Please wait for them to become available and try the request again."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html",
        "https://github.com/aws/aws-cdk/issues/8835",
    ),
    resources=("aws_lambda_function",),
    failing=_SYSTEM + function(*_MOUNTED),
    passing=_SYSTEM + function(*_MOUNTED, "depends_on = [aws_efs_mount_target.a, aws_efs_mount_target.b]"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look for a way from the function to each mount target of its file system."""
    for config in resource.blocks("file_system_config"):
        point = the_one(config, "arn", "aws_efs_access_point")
        system = the_one(point, "file_system_id", "aws_efs_file_system") if point is not None else None
        if system is None:
            continue
        targets = [one for one in system.referrers(_TARGET) if system in made(one, "file_system_id", system.type)]
        for target in targets:
            if not waits_for(resource, [target]):
                yield Problem(
                    resource,
                    "depends_on",
                    f"{resource.address} mounts {system.address}, and does not wait for {target.address}.",
                    fix=f"Add {target.block_address} to depends_on.",
                    also={"file_system": system.address},
                )
                break
