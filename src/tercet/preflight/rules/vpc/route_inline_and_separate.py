"""Routes inside a route table, and routes beside it."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "payments" {
  vpc_id = aws_vpc.payments.id
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route" "internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.payments.id
}
"""

RULE = Rule(
    id="route-inline-and-separate",
    title="A route table has routes inside and beside it",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A route table with `route` blocks owns all its routes: each apply removes those that `aws_route` "
        "resources made, and the next one makes them again. Half of the time the traffic is cut."
    ),
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/route_table.html.markdown",
        "https://github.com/hashicorp/terraform/issues/16747",
    ),
    resources=("aws_route_table", "aws_default_route_table"),
    failing=_HEAD
    + """
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.payments.id

  route {
    cidr_block                = "10.1.0.0/16"
    vpc_peering_connection_id = "pcx-0123456789abcdef0"
  }
}
""",
    passing=_HEAD
    + """
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.payments.id
}

resource "aws_route" "peer" {
  route_table_id            = aws_route_table.public.id
  destination_cidr_block    = "10.1.0.0/16"
  vpc_peering_connection_id = "pcx-0123456789abcdef0"
}
""",
)


@RULE.check
def check(table: Resource, context: Context) -> Iterator[Problem]:
    """Look for both kinds of routes."""
    del context
    if "route" in str(table.lifecycle.get("ignore_changes", "")) or not table.blocks("route"):
        return
    beside = [one for one in table.referrers("aws_route") if table in one.targets("route_table_id", table.type)]
    if beside:
        names = ", ".join(one.address for one in beside[:3])
        yield Problem(
            table,
            "route",
            f"{table.address} has route blocks, and {names} adds to it: each apply removes what the other made, and "
            "the traffic is cut in between.",
            fix="Move the route blocks into aws_route resources.",
            also={"beside": names},
        )
