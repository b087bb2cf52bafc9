"""A database subnet group that covers one zone."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import count_of, subnets_in, zones_of
from tercet.preflight.rule import Context, Problem, Rule

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "database" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}
"""

RULE = Rule(
    id="rds-subnet-group-one-az",
    title="A database subnet group covers fewer than two zones",
    severity=Severity.APPLY_FAILS,
    rationale="RDS, Aurora, DocumentDB and Neptune refuse a subnet group whose subnets are not in at least two zones.",
    aws_error=(
        "DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone (AZ) coverage "
        "requirement. Current AZ coverage: <zone>. Add subnets to cover at least 2 AZs."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/17373",
    ),
    resources=("aws_db_subnet_group", "aws_docdb_subnet_group", "aws_neptune_subnet_group"),
    failing=_HEAD
    + """
resource "aws_db_subnet_group" "payments" {
  name       = "payments-dev"
  subnet_ids = [aws_subnet.database["us-east-1a"].id]
}
""",
    passing=_HEAD
    + """
resource "aws_db_subnet_group" "payments" {
  name       = "payments-dev"
  subnet_ids = [for subnet in aws_subnet.database : subnet.id]
}
""",
)


@RULE.check
def check(group: Resource, context: Context) -> Iterator[Problem]:
    """Count the zones of the group's subnets."""
    del context
    subnets = subnets_in(group, "subnet_ids")
    zones = zones_of(subnets)
    if not zones or count_of(zones)[1] > 1:
        return
    yield Problem(
        group,
        "subnet_ids",
        f"subnet_ids names {', '.join(one.address for one in subnets)}, all in {zones[0]}: AWS wants at least "
        "two zones.",
        fix="Add a subnet of another zone.",
        aws_error=(RULE.aws_error or "").replace("<zone>", str(zones[0])),
        also={"zone": str(zones[0])},
    )
