"""Instances that are given a role, or a profile's ARN, where an instance profile's name belongs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Reference, Text, Value, shown

_PROFILE: Final = "aws_iam_instance_profile"
_BY_NAME: Final = frozenset(("name", "id"))

_EXAMPLE = """
resource "aws_iam_role" "payments" {
  name = "payments-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_instance_profile" "payments" {
  name = "payments-instance-dev"
  role = aws_iam_role.payments.name
}

resource "aws_launch_template" "payments" {
  name          = "payments-dev"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "m6i.large"

  iam_instance_profile {
    name = REFERENCE
  }

  metadata_options {
    http_tokens = "required"
  }
}
"""

RULE = Rule(
    id="instance-profile-reference",
    title="A role, or an ARN, in the place of an instance profile's name",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An instance gets its role through an instance profile, which is a resource of its own: the console makes one "
        "with each role for EC2, Terraform does not. It is named by its name, or in a launch template by its ARN."
    ),
    aws_error=(
        "InvalidParameterValue: Value (<name>) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance "
        "Profile name"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html",
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IamInstanceProfileSpecification.html",
    ),
    resources=("aws_instance", "aws_launch_configuration", "aws_launch_template"),
    failing=_EXAMPLE.replace("REFERENCE", "aws_iam_role.payments.name"),
    passing=_EXAMPLE.replace("REFERENCE", "aws_iam_instance_profile.payments.name"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at what the profile's name, or its ARN, refers to."""
    if resource.type != "aws_launch_template":
        yield from _argument(resource, "iam_instance_profile", _BY_NAME)
        return
    for block in resource.blocks("iam_instance_profile"):
        yield from _argument(block, "name", _BY_NAME)
        yield from _argument(block, "arn", frozenset(("arn",)))


def _argument(block: Block, argument: str, wanted: frozenset[str]) -> Iterator[Problem]:
    value = block.value(argument)
    reference = _reference(value)
    found = block.owner.graph.find(reference.address) if reference is not None else []
    if reference is None or not found or found[0].mode != "managed" or len(reference.path) != 1:
        return
    target, attribute = found[0], str(reference.path[0])
    if isinstance(value, Text) and str(value) not in (str(target.value(attribute)), str(target.value("name"))):
        return  # made of the attribute, and something else
    if target.type == _PROFILE and attribute not in wanted and attribute in ("arn", "id", "name"):
        yield _problem(block, argument, value, f"the {attribute} of {target.address}", target)
    elif target.type == "aws_iam_role" and not target.is_passed_out() and not _has_namesake(block, value, target):
        yield _problem(block, argument, value, f"the {attribute} of the role {target.address}", None)


def _reference(value: Value) -> Reference | None:
    if isinstance(value, Reference):
        return value
    if isinstance(value, Text) and len(value.references) == 1:
        return value.references[0]
    return None


def _has_namesake(block: Block, value: Value, role: Resource) -> bool:
    """Tell whether a profile may have the same name: one of the configuration, or one whose name is not known."""
    name = value if isinstance(value, str) else role.value("name")
    for profile in block.owner.graph.of_type(_PROFILE):
        other = profile.value("name")
        if other is not None and (not isinstance(other, str) or not isinstance(name, str) or str(other) == str(name)):
            return True
    return False


def _problem(block: Block, argument: str, value: Value, what: str, profile: Resource | None) -> Problem:
    right = "arn" if argument == "arn" else "name"
    fix = (
        f"Write {profile.address}.{right}."
        if profile is not None
        else f"Add an aws_iam_instance_profile with this role, and refer to its {right}."
    )
    return Problem(
        block,
        argument,
        f"{block.named(argument)} is {what}, where an instance profile's {right} belongs.",
        fix=fix,
        aws_error=(
            f"InvalidParameterValue: Value ({shown(value, 80)}) for parameter iamInstanceProfile.{right} is invalid. "
            f"Invalid IAM Instance Profile {right}"
        ),
    )
