"""Private subnets of several zones go out through one zone's NAT gateway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.memory import once
from tercet.preflight.network import count_of, egress_of, zone_of_subnet, zones_of
from tercet.preflight.rule import Context, Problem, Rule

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "payments" {
  vpc_id = aws_vpc.payments.id
}

resource "aws_subnet" "public" {
  for_each          = { us-east-1a = 0, us-east-1b = 1 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.payments.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.payments.id
  }
}

resource "aws_route_table_association" "public" {
  for_each       = aws_subnet.public
  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}

resource "aws_subnet" "private" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}
"""

RULE = Rule(
    id="single-nat-multi-az",
    title="Several zones share one zone's NAT gateway",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A NAT gateway lives in one zone. When that zone is lost, every subnet that it serves loses its way out, "
        "those in healthy zones too. It speaks where the private subnets of at least two zones have their default "
        "route to the same zonal NAT gateway; an instance that does the same is no better, and a regional one "
        '(`availability_mode = "regional"`) spans the zones.'
    ),
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
    ),
    resources=("aws_nat_gateway", "aws_instance", "aws_network_interface"),
    failing=_HEAD
    + """
resource "aws_eip" "nat" {
  domain     = "vpc"
  depends_on = [aws_internet_gateway.payments]
}

resource "aws_nat_gateway" "payments" {
  subnet_id     = aws_subnet.public["us-east-1a"].id
  allocation_id = aws_eip.nat.id
  depends_on    = [aws_internet_gateway.payments]
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.payments.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.payments.id
  }
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}
""",
    passing=_HEAD
    + """
resource "aws_eip" "nat" {
  for_each   = aws_subnet.public
  domain     = "vpc"
  depends_on = [aws_internet_gateway.payments]
}

resource "aws_nat_gateway" "payments" {
  for_each      = aws_subnet.public
  subnet_id     = each.value.id
  allocation_id = aws_eip.nat[each.key].id
  depends_on    = [aws_internet_gateway.payments]
}

resource "aws_route_table" "private" {
  for_each = aws_subnet.private
  vpc_id   = aws_vpc.payments.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.payments[each.key].id
  }
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}
""",
)


@RULE.check
def check(nat: Resource, context: Context) -> Iterator[Problem]:
    """Gather the zones of the subnets that go out through this gateway."""
    if context.intent.multi_az is False or context.intent.az_count == 1:
        return
    if nat.many or nat.text("availability_mode", "zonal") == "regional":
        return
    served = _served(context.graph).get(nat.address, [])
    zones = zones_of(served)
    least, most = count_of(zones)
    if least < 2:
        if most > 1:
            raise Undecidable("subnet_id", "whether the subnets that it serves are in one zone is not known")
        return
    own = nat.target("subnet_id", "aws_subnet")
    where = f" in {zone_of_subnet(own)}" if own is not None else ""
    yield Problem(
        nat,
        "subnet_id",
        f"{nat.address}{where} is the only way out of the private subnets of {', '.join(map(str, zones))}: when its "
        "zone is lost, the other zones lose their way out too.",
        fix="Create one in each zone, and lead each private route table to the one of its own zone.",
        also={"subnets": ", ".join(one.address for one in served)},
    )


def _served(graph: Graph) -> dict[str, list[Resource]]:
    """Return the subnets that go out through each NAT gateway."""
    return once(graph, "subnets by NAT gateway", lambda: _find_served(graph))


def _find_served(graph: Graph) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = defaultdict(list)
    for subnet in graph.of_type("aws_subnet"):
        try:
            egress = egress_of(subnet)
        except Undecidable:
            continue
        if egress.way in ("nat gateway", "instance") and egress.target is not None and not subnet.many:
            found[egress.target.address].append(subnet)
    return found
