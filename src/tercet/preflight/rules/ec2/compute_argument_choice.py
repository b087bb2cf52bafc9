"""Arguments that exclude one another, or of which one is missing."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.ec2._combinations import BY_FRAMEWORK, CHOICES, Choice
from tercet.preflight.values import Reference, Template, Value, shown

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "payments" {
  vpc_id = aws_vpc.payments.id
}

resource "aws_route" "internet" {
  route_table_id         = aws_vpc.payments.main_route_table_id
  destination_cidr_block = "0.0.0.0/0"MORE
}
"""

RULE = Rule(
    id="compute-argument-choice",
    title="Arguments that exclude one another, or of which one is missing",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A route leads to one target, a load balancer names its subnets in one way, an Auto Scaling group starts from "
        "one kind of template. The provider wants one of several arguments, or refuses two of them together. Where "
        "their values are known only after apply, it is the next plan that it refuses."
    ),
    aws_error="Error: Invalid combination of arguments: one of `<arguments>` must be specified",
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_route.go",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/autoscaling/group.go",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_security_group_rule.go",
    ),
    resources=tuple(CHOICES),
    failing=_HEAD.replace("MORE", ""),
    passing=_HEAD.replace("MORE", "\n  gateway_id             = aws_internet_gateway.payments.id"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at each choice."""
    if resource.graph.kind == "plan":
        return  # the provider has refused it before there was a plan, and filled in what was not said
    for choice in CHOICES[resource.type]:
        for block in resource.blocks(choice.block) if choice.block else [resource]:
            yield from _choice(block, choice)


def _choice(block: Block, choice: Choice) -> Iterator[Problem]:
    given = [name for name in choice.names if _is_given(block.value(name))]
    if choice.alone and len(given) > 1:
        yield Problem(
            block,
            given[0],
            f"{' and '.join(block.named(name) for name in given)} are both given; they exclude one another.",
            fix=f"Keep one of {', '.join(given)}.",
            aws_error=_too_many(block, choice, given),
            also={name: block.shown(name) for name in given[1:]},
        )
    elif choice.needed and not any(name in block.values for name in choice.names):
        # What is written and null comes from a variable of a module, which its caller may set.
        yield Problem(
            block,
            choice.names[0],
            f"None of {', '.join(choice.names)} is given{f' in {block.path}' if block.path else ''}.",
            fix="Give one of them.",
            aws_error=choice.missing or _too_few(block, choice),
        )


def _too_many(block: Block, choice: Choice, given: list[str]) -> str:
    if block.owner.type in BY_FRAMEWORK:
        return (
            f"Error: Invalid Attribute Combination: {len(given)} attributes specified when one (and only one) of "
            f"[{','.join(choice.names)}] is required"
        )
    if not choice.needed or choice.missing:
        return f'Error: Conflicting configuration arguments: "{given[0]}": conflicts with {given[1]}'
    listed, both = ",".join(choice.names), ",".join(given)
    which = f"only one of `{listed}` can be specified, but `{both}` were specified."
    return f"Error: Invalid combination of arguments: {which}"


def _too_few(block: Block, choice: Choice) -> str:
    if block.owner.type in BY_FRAMEWORK:
        return (
            "Error: Invalid Attribute Combination: No attribute specified when one (and only one) of "
            f"[{','.join(choice.names)}] is required"
        )
    what = "Invalid combination of arguments" if choice.alone else "Missing required argument"
    return f"Error: {what}: one of `{','.join(choice.names)}` must be specified"


def _is_given(value: Value) -> bool:
    """Tell whether a value is certainly there; what is known only after apply may be null, if it is no identifier."""
    if isinstance(value, Reference):
        return bool(value.path) and str(value.path[-1]) in ("id", "arn", "name")
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return any(one is not None for one in value) and not isinstance(value[0], Template)
    return isinstance(value, str | int | float | dict) and shown(value) not in ("", "{}")
