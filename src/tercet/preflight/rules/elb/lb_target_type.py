"""Targets of another kind than their target group takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import made, the_one
from tercet.preflight.rules.elb._balancers import GROUPS
from tercet.preflight.values import Reference, Text, Value

_ATTACHMENTS: Final = ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment")
_SCALING: Final = ("aws_autoscaling_attachment", "aws_autoscaling_group")
_INSTANCE: Final = re.compile(r"i-[0-9a-f]{8,17}")
_ADDRESS: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_ADDRESSES: Final = frozenset(("private_ip", "public_ip", "private_ips"))

_EXAMPLE = """
resource "aws_lb_target_group" "payments" {
  name        = "payments-dev"
  port        = 8080
  protocol    = "TCP"
  target_type = "TYPE"
  vpc_id      = "vpc-0123456789abcdef0"
}

resource "aws_lb_target_group_attachment" "payments" {
  target_group_arn = aws_lb_target_group.payments.arn
  target_id        = "i-0123456789abcdef0"
}
"""

RULE = Rule(
    id="lb-target-type",
    title="A target of another kind than its target group takes",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A target group takes instances (the default), addresses, functions or one load balancer, as target_type says; "
        "an instance's identifier is no address. Auto Scaling registers instances, and wants a group of that type."
    ),
    aws_error="ValidationError: The IP address '<id>' is not a valid IPv4 address",
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetDescription.html",
        "https://docs.aws.amazon.com/autoscaling/ec2/userguide/attach-load-balancer-asg.html",
    ),
    resources=(*_ATTACHMENTS, *_SCALING),
    failing=_EXAMPLE.replace("TYPE", "ip"),
    passing=_EXAMPLE.replace("TYPE", "instance"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare what is registered with the group's type."""
    if resource.type in _ATTACHMENTS:
        group = the_one(resource, "target_group_arn", *GROUPS)
        kind = _kind_of(resource.value("target_id"), resource) if group is not None else None
        if group is not None and kind is not None:
            yield from _compare(resource, "target_id", kind, group)
        return
    argument = "target_group_arns" if resource.type == "aws_autoscaling_group" else "lb_target_group_arn"
    value = resource.value(argument)
    if isinstance(value, list | Reference | Text):
        for group in made(resource, argument, *GROUPS):
            yield from _compare(resource, argument, "instance", group)


def _kind_of(value: Value, owner: Resource) -> str | None:
    """Return what a target is: ``instance``, ``ip``, ``lambda`` or ``alb``; None where nothing tells."""
    if isinstance(value, str) and not isinstance(value, Text):
        return "instance" if _INSTANCE.fullmatch(value) else "ip" if _ADDRESS.fullmatch(value) else None
    references = value.references if isinstance(value, Text) else (value,) if isinstance(value, Reference) else ()
    found = owner.graph.find(references[0].address) if len(references) == 1 else []
    if not found or found[0].mode != "managed":
        return None
    attribute = str(references[0].path[0]) if references[0].path else ""
    if attribute in _ADDRESSES:
        return "ip"
    kinds = {"aws_instance": "instance", "aws_lambda_function": "lambda", "aws_lb": "alb"}
    return kinds.get(found[0].type) if attribute in ("id", "arn") else None


def _compare(block: Block, argument: str, kind: str, group: Resource) -> Iterator[Problem]:
    taken = group.text("target_type", "instance")
    if taken == kind:
        return
    what = {"instance": "an instance", "ip": "an address", "lambda": "a function", "alb": "a load balancer"}[kind]
    target = block.shown(argument)
    errors = {
        "instance": f"ValidationError: Instance ID '{target}' is not valid",
        "ip": f"ValidationError: The IP address '{target}' is not a valid IPv4 address",
    }
    yield Problem(
        block,
        argument,
        f"{group.address} has target_type {taken}, and what is registered is {what}.",
        fix=f'Set target_type = "{kind}" on {group.block_address}.',
        aws_error=errors.get(taken or "", "ValidationError: The target is not valid")
        if argument == "target_id"
        else "ValidationError: Provided Target Groups may not be valid. Please ensure they exist and try again.",
        also={"target_type": taken or ""},
    )
