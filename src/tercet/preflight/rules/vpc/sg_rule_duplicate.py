"""Two rules of one security group that say the same."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import Traffic, rules_of
from tercet.preflight.rule import Context, Problem, Rule

_HEAD = """
resource "aws_security_group" "function" {
  name = "payments-function-dev"
}

resource "aws_vpc_security_group_egress_rule" "secrets" {
  security_group_id = aws_security_group.function.id
  description       = "Secrets"
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 443
  to_port           = 443
  ip_protocol       = "tcp"
}

resource "aws_vpc_security_group_egress_rule" "second" {
  security_group_id = aws_security_group.function.id
  description       = "Queues"
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = %s
  to_port           = %s
  ip_protocol       = "tcp"
}
"""

RULE = Rule(
    id="sg-rule-duplicate",
    title="Two rules of a security group say the same",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A rule is known by its direction, protocol, ports and peer; its description makes no difference. AWS "
        "takes the first of two such rules and refuses the other. Blocks inside one group are a set, and never "
        "twice the same; it speaks of rules that are resources of their own."
    ),
    aws_error=(
        'InvalidPermission.Duplicate: the specified rule "peer: <peer>, TCP, from port: <from>, to port: <to>, ALLOW" '
        "already exists"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
        "https://github.com/hashicorp/terraform/issues/1874",
    ),
    resources=("aws_security_group",),
    failing=_HEAD % ("443", "443"),
    passing=_HEAD % ("8443", "8443"),
)


@RULE.check
def check(group: Resource, context: Context) -> Iterator[Problem]:
    """Compare the separate rules of a group, peer by peer."""
    del context
    if group.many:
        return
    unsure: Undecidable | None = None
    for direction in ("ingress", "egress"):
        seen: dict[tuple[str, ...], str] = {}
        try:
            for rule in rules_of(group, direction):
                yield from _seen_before(group, rule, seen)
        except Undecidable as reason:
            unsure = reason
    if unsure is not None:
        raise unsure


def _seen_before(group: Resource, rule: Traffic, seen: dict[tuple[str, ...], str]) -> Iterator[Problem]:
    at = rule.at.owner
    if at is group or at.many:
        return
    peers = [str(one) for one in rule.ranges if isinstance(one, str)] + [one.address for one in rule.groups]
    for peer in peers:
        first = seen.setdefault((peer, *_traffic(rule)), at.address)
        if first != at.address:
            protocol, start, end = _traffic(rule)
            yield Problem(
                rule.at,
                "from_port",
                f"{at.address} and {first} both are for {peer}, protocol {protocol}, ports {start} to {end} of "
                f"{group.address}: AWS refuses the second.",
                fix="Remove one of the two.",
                also={"other": first},
            )
            return


def _traffic(rule: Traffic) -> tuple[str, str, str]:
    protocol = (rule.at.text("ip_protocol") or rule.at.text("protocol") or "-1").lower()
    if protocol in ("-1", "all"):
        return "-1", "", ""
    return protocol, str(rule.at.number("from_port")), str(rule.at.number("to_port"))
