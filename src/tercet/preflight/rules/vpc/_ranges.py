"""Address ranges of the subnets of each VPC, compared once for a whole configuration."""

from __future__ import annotations

import ipaddress
from collections import defaultdict

from tercet.preflight.graph import Graph, Resource
from tercet.preflight.memory import once
from tercet.preflight.network import read_range, vpc_of
from tercet.preflight.values import Reference


def known_range(subnet: Resource) -> ipaddress.IPv4Network | None:
    """Return the IPv4 range of a subnet where it is known and well-formed."""
    value = subnet.value("cidr_block")
    found = read_range(value) if isinstance(value, str) else None
    return found if isinstance(found, ipaddress.IPv4Network) else None


def overlaps(graph: Graph) -> dict[str, Resource]:
    """Return, by the address of a subnet, an earlier one of its VPC whose range overlaps its own."""
    return once(graph, "overlapping subnets", lambda: _overlaps(graph))


def _overlaps(graph: Graph) -> dict[str, Resource]:
    by_vpc: dict[str, list[tuple[int, int, int, Resource]]] = defaultdict(list)
    for order, subnet in enumerate(graph.of_type("aws_subnet")):
        cidr = known_range(subnet)
        if cidr is not None and (vpc := _vpc_key(subnet)) is not None and not subnet.many:
            by_vpc[vpc].append((int(cidr.network_address), int(cidr.broadcast_address), order, subnet))
    found: dict[str, Resource] = {}
    for ranges in by_vpc.values():
        widest: tuple[int, int, int, Resource] | None = None
        for one in sorted(ranges, key=lambda item: item[:3]):
            if widest is not None and one[0] <= widest[1]:
                later, earlier = (one, widest) if one[2] > widest[2] else (widest, one)
                found.setdefault(later[3].address, earlier[3])
            if widest is None or one[1] > widest[1]:
                widest = one
    return found


def _vpc_key(subnet: Resource) -> str | None:
    """Name the VPC: the same text means the same VPC."""
    if (vpc := vpc_of(subnet)) is not None:
        return None if vpc.many else vpc.address
    value = subnet.value("vpc_id")
    return str(value) if isinstance(value, str | Reference) and "[*]" not in str(value) else None
