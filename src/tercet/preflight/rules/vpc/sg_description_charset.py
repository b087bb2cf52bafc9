"""A description of a security group, or of a rule, in characters that AWS refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule

_ADMITTED = r"A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*"
_BAD = re.compile(f"[^{_ADMITTED}]")
_LONGEST = 255
_SET = "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"

RULE = Rule(
    id="sg-description-charset",
    title="A security group's description holds what AWS refuses",
    severity=Severity.APPLY_FAILS,
    rationale=(
        f"Descriptions of security groups and of their rules hold at most {_LONGEST} of the characters {_SET}. "
        "Apostrophes, arrows, umlauts and dashes longer than a hyphen are not among them."
    ),
    aws_error=(
        "InvalidParameterValue: Invalid security group description. Valid descriptions are strings less than 256 "
        f"characters from the following set:  {_SET}"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html",
        "https://github.com/cds-snc/notification-terraform/pull/561",
        "https://github.com/hashicorp/terraform-provider-aws/issues/18874",
    ),
    resources=(
        "aws_security_group",
        "aws_default_security_group",
        "aws_security_group_rule",
        "aws_vpc_security_group_ingress_rule",
        "aws_vpc_security_group_egress_rule",
    ),
    failing="""
resource "aws_security_group" "database" {
  name        = "payments-database-dev"
  description = "The processor's way to the database"
}
""",
    passing="""
resource "aws_security_group" "database" {
  name        = "payments-database-dev"
  description = "The way of the processor to the database"
}
""",
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look at the descriptions of a group, of its rules, or of one rule."""
    del context
    yield from _wrong(resource, "security group" if resource.type in _GROUPS else "rule")
    if resource.type == "aws_security_group":
        yield from _empty(resource)
    if resource.type in _GROUPS:
        for name in ("ingress", "egress"):
            for block in resource.blocks(name):
                yield from _wrong(block, "rule")


_GROUPS = ("aws_security_group", "aws_default_security_group")


def _empty(group: Resource) -> Iterator[Problem]:
    """Look for a description that is given and says nothing; one that is not given is the provider's."""
    if group.value("description") == "":
        yield Problem(
            group,
            "description",
            "The description is empty: AWS wants one, and the provider gives its own only where there is none.",
            fix="Write a description, or remove the argument.",
            aws_error="MissingParameter: The request must contain the parameter GroupDescription",
        )


def _wrong(block: Block, what: str) -> Iterator[Problem]:
    value = block.value("description")
    if not isinstance(value, str):
        return
    bad = sorted(set(_BAD.findall(value)))
    if not bad and len(value) <= _LONGEST:
        return
    said = f"holds {' '.join(bad[:10])}" if bad else f"has {len(value)} characters"
    yield Problem(
        block,
        "description",
        f"The description {said}; AWS admits at most {_LONGEST} of {_SET}, and refuses the {what}.",
        fix="Write it in the admitted characters.",
        aws_error=_error(block, what, value),
    )


def _error(block: Block, what: str, value: str) -> str:
    """Return what answers: the provider looks at rules inside a group while it plans, AWS at the others."""
    if block.path and len(value) <= _LONGEST:
        name = block.named("description").replace("[", ".").replace("]", "")
        return (
            f'"{name}" doesn\'t comply with restrictions ("^[0-9A-Za-z_ .:/()#,@\\[\\]+=&;{{}}!$*-]*$"): "{value[:80]}"'
        )
    return (
        f"InvalidParameterValue: Invalid {what} description. Valid descriptions are strings less than 256 characters "
        f"from the following set:  {_SET}"
    )
