"""A security group whose name begins as the identifiers that AWS gives."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Template

RULE = Rule(
    id="sg-name-prefix",
    title="A security group is named sg-…",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "AWS keeps names that begin with `sg-` for its own identifiers. The provider refuses a `name` that is "
        "known while it plans, and AWS refuses the others."
    ),
    aws_error="invalid value for name (cannot begin with sg-)",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html",
        "https://github.com/redhat-developer/mapt/issues/659",
        "https://github.com/pulumi/pulumi-awsx/issues/328",
    ),
    resources=("aws_security_group",),
    failing="""
resource "aws_security_group" "function" {
  name        = "sg-payments-function-dev"
  description = "The payment function"
}
""",
    passing="""
resource "aws_security_group" "function" {
  name        = "payments-function-dev"
  description = "The payment function"
}
""",
)


@RULE.check
def check(group: Resource, context: Context) -> Iterator[Problem]:
    """Look at how the name begins; the known beginning of a name suffices."""
    del context
    for argument in ("name", "name_prefix"):
        value = group.value(argument)
        start = value.prefix if isinstance(value, Template) else value
        if isinstance(start, str) and start.lower().startswith("sg-"):
            yield Problem(
                group,
                argument,
                f"{argument} is {group.shown(argument)}: names of security groups cannot begin with sg-.",
                fix="Put sg at the end of the name, or leave it out.",
                aws_error=f"invalid value for {argument} (cannot begin with sg-)",
            )
