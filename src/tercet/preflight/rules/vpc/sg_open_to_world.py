"""Administration and databases open to every address."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import read_range, rules_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Value

_PORTS = {
    22: "SSH",
    3389: "Remote Desktop",
    1433: "SQL Server",
    1521: "Oracle",
    3306: "MySQL",
    5432: "PostgreSQL",
    5439: "Redshift",
    6379: "Redis",
    9200: "OpenSearch",
    11211: "Memcached",
    27017: "MongoDB",
}

RULE = Rule(
    id="sg-open-to-world",
    title="Administration or a database is open to every address",
    severity=Severity.SECURITY,
    rationale=(
        "An ingress rule for 0.0.0.0/0 or ::/0 admits anybody who can reach the address. For SSH, Remote Desktop "
        "and databases nobody means that."
    ),
    sources=("https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",),
    resources=("aws_security_group",),
    failing="""
resource "aws_security_group" "database" {
  name = "payments-database-dev"
}

resource "aws_vpc_security_group_ingress_rule" "mysql" {
  security_group_id = aws_security_group.database.id
  cidr_ipv4         = "0.0.0.0/0"
  from_port         = 3306
  to_port           = 3306
  ip_protocol       = "tcp"
}
""",
    passing="""
resource "aws_security_group" "database" {
  name = "payments-database-dev"
}

resource "aws_vpc_security_group_ingress_rule" "mysql" {
  security_group_id = aws_security_group.database.id
  cidr_ipv4         = "10.0.10.0/24"
  from_port         = 3306
  to_port           = 3306
  ip_protocol       = "tcp"
}
""",
)


@RULE.check
def check(group: Resource, context: Context) -> Iterator[Problem]:
    """Look at every ingress rule that is for all addresses."""
    del context
    unsure: Undecidable | None = None
    for rule in rules_of(group, "ingress"):
        everywhere = [str(one) for one in rule.ranges if _is_everywhere(one)]
        if not everywhere:
            continue
        try:
            open_to = [f"{name} ({port})" for port, name in _PORTS.items() if rule.covers(port)]
        except Undecidable as reason:
            unsure = reason
            continue
        if open_to:
            argument = next(
                (one for one in ("cidr_blocks", "cidr_ipv4", "cidr_ipv6") if rule.at.has(one)), "cidr_blocks"
            )
            yield Problem(
                rule.at,
                argument,
                f"{', '.join(everywhere)} may reach {', '.join(open_to[:4])}{' and more' if len(open_to) > 4 else ''} "
                f"of what is in {group.address}.",
                fix="Name the security group or the range that needs it.",
                also={"security_group": group.address},
            )
    if unsure is not None:
        raise unsure


def _is_everywhere(value: Value) -> bool:
    known = read_range(value) if isinstance(value, str) else None
    return known is not None and known.prefixlen == 0
