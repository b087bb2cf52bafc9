"""A private subnet that goes out through another zone's NAT gateway, though its own zone has one."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.network import Egress, Zone, count_of, egress_of, subnets_in, vpc_of, zone_of_subnet, zones_of
from tercet.preflight.rule import Context, Problem, Rule

_EXAMPLE = """
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

resource "aws_subnet" "private" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_route_table" "private" {
  for_each = ROUTES
  vpc_id   = aws_vpc.payments.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.payments[each.value].id
  }
}

resource "aws_route_table_association" "private" {
  for_each       = aws_subnet.private
  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[each.key].id
}
"""

RULE = Rule(
    id="nat-of-another-zone",
    title="A subnet goes out through another zone's NAT gateway, and its own zone has one",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A NAT gateway in each zone is there so that the loss of one zone takes the way out of that zone alone. Where "
        "route tables are crossed, the loss of a zone takes it from a healthy one too, and every byte is paid for "
        "between zones. It speaks where a zonal NAT gateway of the same kind stands in the subnet's own zone; several "
        "zones that share one gateway are `single-nat-multi-az`."
    ),
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
    ),
    failing=_EXAMPLE.replace("ROUTES", '{ us-east-1a = "us-east-1b", us-east-1b = "us-east-1a" }'),
    passing=_EXAMPLE.replace("ROUTES", '{ us-east-1a = "us-east-1a", us-east-1b = "us-east-1b" }'),
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Compare the zone of each NAT gateway with that of the subnets that it serves."""
    if context.intent.multi_az is False or context.intent.az_count == 1:
        return
    gateways = _gateways(graph)
    seen: set[str] = set()
    for nat, subnets in _served(graph).values():
        zone = _zone_of(nat)
        if zone is None or count_of(zones_of(one for one, _ in subnets))[1] > 1:
            continue
        for subnet, egress in subnets:
            own = _beside(subnet, nat, gateways)
            if own is not None and zone.differs_from(zone_of_subnet(subnet)) and egress.table.name not in seen:
                seen.add(egress.table.name)
                yield _problem(subnet, egress, nat, zone, own)


def _problem(subnet: Resource, egress: Egress, nat: Resource, zone: Zone, own: Resource) -> Problem:
    here = zone_of_subnet(subnet)
    at = egress.route.at if egress.route is not None else subnet
    return Problem(
        at,
        egress.route.argument if egress.route is not None else "",
        f"{egress.table.name}, of {subnet.address} in {here}, leads to {nat.address} in {zone}, and {own.address} is "
        f"in {here}: when {zone} is lost, {here} loses its way out too.",
        fix=f"Lead it to {own.address}.",
        also={"nat_gateway": nat.address, "subnet": subnet.address},
    )


def _served(graph: Graph) -> dict[str, tuple[Resource, list[tuple[Resource, Egress]]]]:
    """Gather the subnets that go out through each NAT gateway; what is not known is left out."""
    found: dict[str, tuple[Resource, list[tuple[Resource, Egress]]]] = {}
    for subnet in graph.of_type("aws_subnet"):
        try:
            egress = egress_of(subnet)
        except Undecidable:
            continue
        nat = egress.target
        if nat is not None and nat.type == "aws_nat_gateway" and not nat.many and not subnet.many:
            found.setdefault(nat.address, (nat, []))[1].append((subnet, egress))
    return found


def _gateways(graph: Graph) -> dict[str, list[tuple[Resource, Zone]]]:
    """Gather the NAT gateways of each VPC whose zone is known, by the address of the VPC."""
    found: dict[str, list[tuple[Resource, Zone]]] = {}
    for nat in graph.of_type("aws_nat_gateway"):
        zone, vpc = _zone_of(nat), _vpc(nat)
        if zone is not None and vpc is not None:
            found.setdefault(vpc.address, []).append((nat, zone))
    return found


def _beside(subnet: Resource, nat: Resource, gateways: dict[str, list[tuple[Resource, Zone]]]) -> Resource | None:
    """Return a NAT gateway of the same kind in the zone, and the VPC, of a subnet."""
    vpc, here = vpc_of(subnet), zone_of_subnet(subnet)
    beside = gateways.get(vpc.address, []) if vpc is not None else []
    return next((other for other, zone in beside if zone == here and _kind(other) == _kind(nat)), None)


def _kind(nat: Resource) -> object:
    return nat.value("connectivity_type") or "public"


def _vpc(nat: Resource) -> Resource | None:
    subnet = nat.target("subnet_id", "aws_subnet")
    return vpc_of(subnet) if subnet is not None else None


def _zone_of(nat: Resource) -> Zone | None:
    """Return the zone of a NAT gateway; None where it is regional, or its subnet is not known."""
    if nat.many or nat.value("availability_mode") == "regional":
        return None
    try:
        subnets = subnets_in(nat, "subnet_id")
        return zone_of_subnet(subnets[0]) if len(subnets) == 1 else None
    except Undecidable:
        return None
