"""Peering connections that cannot come to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import ranges_of_vpc
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import the_one

_VPC: Final = "aws_vpc"

_EXAMPLE = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc" "ledger" {
  cidr_block = "RANGE"
}

resource "aws_vpc_peering_connection" "ledger" {
  vpc_id      = aws_vpc.payments.id
  peer_vpc_id = aws_vpc.ledger.id
  auto_accept = true
}
"""

RULE = Rule(
    id="peering-refused",
    title="A peering connection that cannot come to be",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The ranges of two peered VPCs do not overlap. A connection to another region is accepted there, by an "
        "aws_vpc_peering_connection_accepter, and not by auto_accept. Its options can be set only where it is accepted "
        "at once."
    ),
    aws_error=(
        "unexpected state 'failed', wanted target 'active, pending-acceptance'. last error: Failed due to incorrect "
        "VPC-ID, Account ID, or overlapping CIDR range"
    ),
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html",
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_peering_connection.go",
    ),
    resources=("aws_vpc_peering_connection",),
    failing=_EXAMPLE.replace("RANGE", "10.0.128.0/17"),
    passing=_EXAMPLE.replace("RANGE", "10.1.0.0/16"),
)


@RULE.check
def check(peering: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the acceptance, and at the ranges of both."""
    accepted = peering.flag("auto_accept", False)
    if accepted and peering.has("peer_region") and peering.graph.kind != "plan":
        yield Problem(
            peering,
            "auto_accept",
            f"auto_accept is true and peer_region is {peering.shown('peer_region')}.",
            fix="Remove auto_accept, and add an aws_vpc_peering_connection_accepter with the other region's provider.",
            aws_error=(
                "`peer_region` cannot be set whilst `auto_accept` is `true` when creating an EC2 VPC Peering Connection"
            ),
            also={"peer_region": peering.shown("peer_region")},
        )
    options = [name for name in ("accepter", "requester") if peering.blocks(name)]
    if not accepted and options and peering.graph.kind != "plan":
        yield Problem(
            peering,
            options[0],
            f"{options[0]} is given and auto_accept is not true: options can be set only on an active connection.",
            fix="Set auto_accept = true, or move the options into aws_vpc_peering_connection_options.",
            aws_error=(
                "Unable to modify EC2 VPC Peering Connection Options. EC2 VPC Peering Connection (pcx-<id>) is not "
                "active (current status: pending-acceptance)."
            ),
            also={"auto_accept": peering.shown("auto_accept")},
        )
    yield from _overlapping(peering)


def _overlapping(peering: Resource) -> Iterator[Problem]:
    one, other = the_one(peering, "vpc_id", _VPC), the_one(peering, "peer_vpc_id", _VPC)
    if one is None or other is None or one.many or other.many:
        return
    for mine in ranges_of_vpc(one):
        for theirs in ranges_of_vpc(other):
            if mine.version == theirs.version and mine.overlaps(theirs):
                yield Problem(
                    peering,
                    "peer_vpc_id",
                    f"{one.address} has {mine} and {other.address} has {theirs}, which overlap.",
                    fix="Give one of the VPCs another range.",
                    also={"vpc_id": str(mine), "peer_vpc_id": str(theirs)},
                )
                return
