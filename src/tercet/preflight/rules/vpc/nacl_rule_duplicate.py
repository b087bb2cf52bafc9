"""Two rules of one number in a network ACL."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.vpc._same_vpc import certain

_EXAMPLE = """
resource "aws_network_acl_rule" "web" {
  network_acl_id = "acl-0123456789abcdef0"
  rule_number    = 100
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "10.0.0.0/16"
  from_port      = 443
  to_port        = 443
}

resource "aws_network_acl_rule" "answers" {
  network_acl_id = "acl-0123456789abcdef0"
  rule_number    = NUMBER
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "10.0.0.0/16"
  from_port      = 1024
  to_port        = 65535
}
"""

RULE = Rule(
    id="nacl-rule-duplicate",
    title="Two rules of one number in a network ACL",
    severity=Severity.APPLY_FAILS,
    rationale="A network ACL has one rule of each number in each direction. The second of two is refused.",
    aws_error="NetworkAclEntryAlreadyExists: The network acl entry identified by <number> already exists.",
    sources=("https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html",),
    failing=_EXAMPLE.replace("NUMBER", "100"),
    passing=_EXAMPLE.replace("NUMBER", "110"),
)


@RULE.check
def check(graph: Graph, _context: Context) -> Iterator[Problem]:
    """Group the rules by ACL, direction and number."""
    seen: dict[tuple[str, bool, str], Resource] = {}
    for rule in graph.of_type("aws_network_acl_rule"):
        acl, number, egress = _acl(rule), rule.value("rule_number"), rule.value("egress")
        if rule.many or acl is None or not isinstance(number, int | str) or not isinstance(egress, bool | str | None):
            continue
        first = seen.setdefault((acl, egress in (True, "true"), str(number)), rule)
        if first is not rule:
            yield Problem(
                rule,
                "rule_number",
                f"rule_number is {number}, as it is of {first.address} in the same direction of the same ACL.",
                fix="Give it another number.",
                aws_error=(
                    f"NetworkAclEntryAlreadyExists: The network acl entry identified by {number} already exists."
                ),
                also={"first": first.address},
            )


def _acl(rule: Resource) -> str | None:
    found = list(certain(rule, "network_acl_id", "aws_network_acl", "aws_default_network_acl"))
    if found:
        return found[0].address if not found[0].many else None
    value = rule.value("network_acl_id")
    return str(value) if type(value) is str else None
