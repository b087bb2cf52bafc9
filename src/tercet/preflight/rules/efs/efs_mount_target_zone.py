"""Two mount targets of one file system in one zone."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import subnets_in, zone_of_subnet
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import the_one

_EXAMPLE = """
resource "aws_vpc" "files" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "first" {
  vpc_id            = aws_vpc.files.id
  cidr_block        = "10.0.10.0/24"
  availability_zone = "us-east-1a"
}

resource "aws_subnet" "second" {
  vpc_id            = aws_vpc.files.id
  cidr_block        = "10.0.11.0/24"
  availability_zone = "ZONE"
}

resource "aws_efs_file_system" "files" {
  encrypted = true
}

resource "aws_efs_mount_target" "files" {
  for_each       = { first = aws_subnet.first.id, second = aws_subnet.second.id }
  file_system_id = aws_efs_file_system.files.id
  subnet_id      = each.value
}
"""

RULE = Rule(
    id="efs-mount-target-zone",
    title="Two mount targets in one zone, or one outside the file system's zone",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A file system has one mount target in each zone, in whichever subnet of it. One that is kept in a single zone "
        "has its only mount target there."
    ),
    aws_error="MountTargetConflict: mount target already exists in this AZ",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/efs/latest/ug/API_CreateMountTarget.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/2525",
    ),
    resources=("aws_efs_mount_target",),
    failing=_EXAMPLE.replace("ZONE", "us-east-1a"),
    passing=_EXAMPLE.replace("ZONE", "us-east-1b"),
)


@RULE.check
def check(target: Resource, context: Context) -> Iterator[Problem]:
    """Compare with the file system's zone, and with its mount targets before this one."""
    files = the_one(target, "file_system_id", "aws_efs_file_system")
    subnets = subnets_in(target, "subnet_id")
    if files is None or files.many or len(subnets) != 1 or target.many:
        return
    zone = zone_of_subnet(subnets[0])
    home = files.value("availability_zone_name")
    if isinstance(home, str) and home and zone.family == "name" and zone.key != home:
        yield Problem(
            target,
            "subnet_id",
            f"{subnets[0].address} is in {zone}, and {files.address} is kept in {home} alone.",
            fix=f"Take a subnet of {home}.",
            aws_error=(
                "AvailabilityZonesMismatch: The Availability Zone name of the mount target does not match the one of "
                "the file system"
            ),
        )
    for other in context.graph.of_type("aws_efs_mount_target"):
        if other is target:
            return
        if other.many or files not in other.targets("file_system_id", "aws_efs_file_system"):
            continue
        others = other.targets("subnet_id", "aws_subnet", "aws_default_subnet")
        if len(others) == 1 and not others[0].many and zone_of_subnet(others[0]) == zone:
            yield Problem(
                target,
                "subnet_id",
                f"{target.address} and {other.address} are both of {files.address} and in {zone}: a zone has one.",
                fix="Remove one of them, or take a subnet of another zone.",
                also={"other": other.address},
            )
            return
