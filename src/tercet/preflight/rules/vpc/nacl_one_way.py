"""Network ACLs that let traffic through in one direction only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule

_RULE: Final = "aws_network_acl_rule"
_ASSOCIATION: Final = "aws_network_acl_association"

_EXAMPLE = """
resource "aws_network_acl" "private" {
  vpc_id     = "vpc-0123456789abcdef0"
  subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]

  ingress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "10.0.0.0/16"
    from_port  = 443
    to_port    = 443
  }MORE
}
"""
_EGRESS = """

  egress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "10.0.0.0/16"
    from_port  = 1024
    to_port    = 65535
  }"""

RULE = Rule(
    id="nacl-one-way",
    title="A network ACL that lets nothing out, or nothing in",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A network ACL keeps no state: answers need a rule of their own, in the other direction. One that is made "
        "here denies everything that no rule allows, so that without a rule in one direction no connection of its "
        "subnets comes to be. One without any rule, which isolates, is left in peace."
    ),
    sources=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",),
    resources=("aws_network_acl",),
    failing=_EXAMPLE.replace("MORE", ""),
    passing=_EXAMPLE.replace("MORE", _EGRESS),
)


@RULE.check
def check(acl: Resource, _context: Context) -> Iterator[Problem]:
    """Look for rules that allow something in each direction."""
    if not acl.has("subnet_ids") and not acl.referrers(_ASSOCIATION):
        return
    allowing = {name: _allows(acl, name) for name in ("ingress", "egress")}
    if allowing["ingress"] == allowing["egress"] or any(acl.value(name) == [] for name in allowing):
        return  # a block that is repeated 0 times comes from a variable that a caller sets
    for rule in acl.graph.of_type(_RULE):
        if not rule.targets("network_acl_id", acl.type) and not isinstance(rule.value("network_acl_id"), str):
            raise Undecidable("network_acl_id", f"{rule.address} may be of {acl.address}")
    if acl.is_passed_out() or any(acl in acl.graph.resolve(value) for value in acl.graph.outputs.values()):
        raise Undecidable("ingress", f"{acl.address} is given to others, who may add rules")
    missing = "egress" if allowing["ingress"] else "ingress"
    yield Problem(
        acl,
        missing,
        f"{acl.address} allows {'nothing out' if missing == 'egress' else 'nothing in'}: answers do not pass, and no "
        "connection of its subnets comes to be.",
        fix=f"Add an {missing} rule for the answers: TCP, ports 1024 to 65535.",
    )


def _allows(acl: Resource, direction: str) -> bool:
    if any(block.text("action", "allow") != "deny" for block in acl.blocks(direction)):
        return True
    for rule in acl.referrers(_RULE):
        if bool(rule.flag("egress", False)) is (direction == "egress") and rule.text("rule_action") != "deny":
            return True
    return False
