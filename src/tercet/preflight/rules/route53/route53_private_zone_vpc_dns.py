"""A private zone in a VPC that does not ask Amazon's resolver."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="route53-private-zone-vpc-dns",
    title="Private zone in a VPC without DNS support or DNS hostnames",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A private zone is answered by the resolver of the VPC, which needs `enable_dns_support` (on by default) and "
        "`enable_dns_hostnames` (off by default in a VPC made by Terraform). Without them nothing in the VPC resolves "
        "the zone's records."
    ),
    sources=("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html",),
    resources=("aws_route53_zone", "aws_route53_zone_association"),
    failing="""
resource "aws_vpc" "payments" {
  cidr_block = "10.20.0.0/16"
}

resource "aws_route53_zone" "internal" {
  name = "payments.internal"

  vpc {
    vpc_id = aws_vpc.payments.id
  }
}
""",
    passing="""
resource "aws_vpc" "payments" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_route53_zone" "internal" {
  name = "payments.internal"

  vpc {
    vpc_id = aws_vpc.payments.id
  }
}
""",
)


@RULE.check
def check(zone: Resource, _: Context) -> Iterator[Problem]:
    """Look at the two switches of each VPC made here."""
    places: list[Block] = zone.blocks("vpc") if zone.type == "aws_route53_zone" else [zone]
    for place in places:
        vpc = place.target("vpc_id", "aws_vpc")
        if vpc is None or vpc.mode != "managed":
            continue
        for switch, default in (("enable_dns_support", True), ("enable_dns_hostnames", False)):
            if not vpc.flag(switch, default):
                yield Problem(
                    vpc,
                    switch,
                    f"{switch} is {vpc.shown(switch) if vpc.has(switch) else 'false by default'}, and {zone.address} "
                    "is a private zone of this VPC: nothing in it can resolve the zone's records.",
                    fix=f"{switch} = true",
                    change=Change(vpc, switch, True),
                    also={"zone": zone.address},
                )
