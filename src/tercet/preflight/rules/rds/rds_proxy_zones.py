"""A proxy, or the subnets of replication instances, in one zone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import count_of, subnets_in, zones_of
from tercet.preflight.rule import Context, Problem, Rule

_EXAMPLE = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "database" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_dms_replication_subnet_group" "payments" {
  replication_subnet_group_id          = "payments-dev"
  replication_subnet_group_description = "Payments"
  subnet_ids                           = SUBNETS
}
"""

RULE = Rule(
    id="rds-proxy-zones",
    title="Proxy, or subnet group for replication, in fewer than two zones",
    severity=Severity.APPLY_FAILS,
    rationale="An RDS Proxy and a subnet group of DMS want subnets of at least two zones, as a database's group does.",
    aws_error=(
        "ReplicationSubnetGroupDoesNotCoverEnoughAZs: Replication Subnet Group should cover at least 2 Availability "
        "zones."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-network-prereqs.html",
        "https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateReplicationSubnetGroup.html",
    ),
    resources=("aws_db_proxy", "aws_dms_replication_subnet_group"),
    failing=_EXAMPLE.replace("SUBNETS", '[aws_subnet.database["us-east-1a"].id]'),
    passing=_EXAMPLE.replace("SUBNETS", "[for subnet in aws_subnet.database : subnet.id]"),
)

_ARGUMENTS: Final = {
    "aws_db_proxy": ("vpc_subnet_ids", "InvalidSubnet"),
    "aws_dms_replication_subnet_group": ("subnet_ids", RULE.aws_error),
}


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Count the zones of the subnets."""
    argument, answer = _ARGUMENTS[resource.type]
    subnets = subnets_in(resource, argument)
    zones = zones_of(subnets)
    if not zones or count_of(zones)[1] > 1:
        return
    yield Problem(
        resource,
        argument,
        f"{argument} names {', '.join(one.address for one in subnets)}, all in {zones[0]}: AWS wants two zones.",
        fix="Add a subnet of another zone.",
        aws_error=answer,
        also={"zone": str(zones[0])},
    )
