"""Two routes of one table to the same destination, or two tables for one subnet."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Text, Value

_TABLES = ("aws_route_table", "aws_default_route_table")
_DESTINATIONS = (
    ("destination_cidr_block", "cidr_block"),
    ("destination_ipv6_cidr_block", "ipv6_cidr_block"),
    ("destination_prefix_list_id", "destination_prefix_list_id"),
)

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

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.payments.id
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

resource "aws_route" "office" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "%s"
  gateway_id             = aws_internet_gateway.payments.id
}
"""

_ASSOCIATED = (
    "Resource.AlreadyAssociated: the specified association for route table rtb-<id> conflicts with an existing "
    "association"
)

RULE = Rule(
    id="route-duplicate",
    title="Two routes to one destination, or two route tables for one subnet",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A route table has one route for each destination, and a subnet has one route table. AWS takes the first "
        "and refuses the second, whichever comes second."
    ),
    aws_error="RouteAlreadyExists: The route identified by <destination> already exists.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
        "https://github.com/terraform-aws-modules/terraform-aws-vpc/issues/44",
    ),
    resources=(*_TABLES, "aws_subnet"),
    failing=_HEAD % "0.0.0.0/0",
    passing=_HEAD % "192.0.2.0/24",
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Compare the routes of a table, and the tables of a subnet."""
    del context
    if resource.many:
        return
    if resource.type == "aws_subnet":
        yield from _two_tables(resource)
        return
    seen: dict[str, str] = {}
    separate = [one for one in resource.referrers("aws_route") if _is_of(one, "route_table_id", resource)]
    for block in (*resource.blocks("route"), *separate):
        destination = _destination(block)
        if destination is None:
            continue
        name = block.owner.address if block.owner is not resource else f"{resource.address}.{block.path}"
        first = seen.setdefault(destination, name)
        if first != name:
            yield Problem(
                block,
                "destination_cidr_block" if block.owner is not resource else "cidr_block",
                f"{name} and {first} both route {destination} in {resource.address}: AWS refuses the second.",
                fix="Remove one of the two.",
                aws_error=f"RouteAlreadyExists: The route identified by {destination} already exists.",
                also={"other": first},
            )


def _two_tables(subnet: Resource) -> Iterator[Problem]:
    associations = [
        one
        for one in subnet.referrers("aws_route_table_association")
        if _is_of(one, "subnet_id", subnet) and not one.many
    ]
    if len(associations) > 1:
        names = " and ".join(one.address for one in associations[:2])
        yield Problem(
            associations[1],
            "subnet_id",
            f"{names} both give {subnet.address} a route table: AWS refuses the second.",
            fix="Remove one of the two.",
            aws_error=_ASSOCIATED,
            also={"subnet": subnet.address},
        )


def _is_of(one: Resource, argument: str, owner: Resource) -> bool:
    return [owner] == one.targets(argument, owner.type)


def _destination(block: Block) -> str | None:
    for separate, inline in _DESTINATIONS:
        value: Value = block.value(separate) if block.value(separate) not in (None, "") else block.value(inline)
        if isinstance(value, Text | str) and value:
            return str(value)
    return None
