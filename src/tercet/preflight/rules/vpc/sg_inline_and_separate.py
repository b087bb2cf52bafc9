"""Rules inside a security group, and rules beside it."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="sg-inline-and-separate",
    title="A security group has rules inside and beside it",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A group with `ingress` or `egress` blocks owns all its rules of that direction: each apply removes those "
        "that other resources made, and the next one makes them again. Half of the time the traffic is cut. It "
        "speaks where both stand in the configuration, for the same group and the same direction."
    ),
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/security_group.html.markdown",
    ),
    resources=("aws_security_group",),
    failing="""
resource "aws_security_group" "database" {
  name = "payments-database-dev"

  ingress {
    from_port   = 3306
    to_port     = 3306
    protocol    = "tcp"
    cidr_blocks = ["10.0.10.0/24"]
  }
}

resource "aws_vpc_security_group_ingress_rule" "processor" {
  security_group_id = aws_security_group.database.id
  cidr_ipv4         = "10.0.11.0/24"
  from_port         = 3306
  to_port           = 3306
  ip_protocol       = "tcp"
}
""",
    passing="""
resource "aws_security_group" "database" {
  name = "payments-database-dev"
}

resource "aws_vpc_security_group_ingress_rule" "processor" {
  for_each          = toset(["10.0.10.0/24", "10.0.11.0/24"])
  security_group_id = aws_security_group.database.id
  cidr_ipv4         = each.value
  from_port         = 3306
  to_port           = 3306
  ip_protocol       = "tcp"
}
""",
)

_BESIDE = {
    "ingress": "aws_vpc_security_group_ingress_rule",
    "egress": "aws_vpc_security_group_egress_rule",
}


@RULE.check
def check(group: Resource, context: Context) -> Iterator[Problem]:
    """Look for both kinds of rules in one direction."""
    del context
    ignored = str(group.lifecycle.get("ignore_changes", ""))
    for direction, separate in _BESIDE.items():
        if direction in ignored or not group.blocks(direction):
            continue
        beside = [
            rule
            for rule in group.referrers("aws_security_group_rule", separate)
            if group in rule.targets("security_group_id", "aws_security_group")
            and (rule.type == separate or rule.text("type") == direction)
        ]
        if beside:
            yield Problem(
                group,
                direction,
                f"{group.address} has {direction} blocks, and {', '.join(one.address for one in beside[:3])} adds a "
                f"rule to it: each apply removes what the other made, and the traffic is cut in between.",
                fix=f"Move the {direction} blocks into resources of type {separate}.",
                also={"beside": ", ".join(one.address for one in beside[:3])},
            )
