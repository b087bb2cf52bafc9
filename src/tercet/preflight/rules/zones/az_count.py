"""A VPC over another number of zones than was stated."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.intent import Intent
from tercet.preflight.network import certain_count, zones_of
from tercet.preflight.rule import Context, Problem, Rule

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  for_each          = %s
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}
"""

RULE = Rule(
    id="az-count",
    title="The VPC spans another number of zones than the intent says",
    severity=Severity.POLICY,
    rationale=(
        "The intent states over how many availability zones the deployment spreads (`az_count`). Subnets in fewer "
        "leave less capacity when one is lost, and subnets in more cost more than was agreed. Each VPC that has "
        "subnets in the configuration is counted for itself."
    ),
    sources=("https://docs.aws.amazon.com/vpc/latest/userguide/vpc-subnets-az.html",),
    resources=("aws_vpc",),
    intent=Intent(az_count=3),
    failing=_HEAD % "{ us-east-1a = 10, us-east-1b = 11 }",
    passing=_HEAD % "{ us-east-1a = 10, us-east-1b = 11, us-east-1c = 12 }",
)


@RULE.check
def check(vpc: Resource, context: Context) -> Iterator[Problem]:
    """Count the zones of the VPC's subnets."""
    wanted = context.intent.az_count
    if wanted is None:
        return
    subnets = [one for one in vpc.referrers("aws_subnet") if vpc in one.targets("vpc_id", "aws_vpc")]
    if not subnets:
        return
    zones = zones_of(subnets)
    count = certain_count(vpc, "subnets", zones)
    if count != wanted:
        yield Problem(
            vpc,
            "",
            f"The subnets of {vpc.address} are in {count} zone{'s' if count != 1 else ''} "
            f"({', '.join(map(str, zones))}), and the intent says {wanted}.",
            fix=f"Put subnets into {wanted} zones.",
            also={"zones": ", ".join(map(str, zones)), "az_count": str(wanted)},
        )
