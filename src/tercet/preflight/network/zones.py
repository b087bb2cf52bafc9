"""In which availability zone something is, even where its name is not known.

A zone is known by its name, by its place in a list that AWS gives (``data.aws_availability_zones.all.names[0]``), or
only as "the one that AWS chooses for this subnet". Two zones can be told apart for certain where they are known in
the same way; a name and a place in a list may be the same zone or not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.values import Reference, Template, Value, shown

_ZONE_LISTS = ("names", "zone_ids")
_CARRIERS = ("availability_zone", "availability_zone_id")
_MAX_HOPS = 8
_ID = re.compile(r"[a-z]+\d+(?:-[a-z]+\d+)?-az\d+")
"""``use1-az1``, and ``usw2-lax1-az1`` of a local zone."""


@dataclass(frozen=True, slots=True)
class Zone:
    """One availability zone.

    Parameters
    ----------
    family
        In which way it is known: zones of one family are the same only where their keys are.
    key
        Which one of the family.
    region
        Where it is, if that is known; zones of two regions are never the same.
    label
        How a reader is told of it.
    """

    family: str
    key: str
    region: str | None = field(default=None, compare=False)
    label: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.label or self.key

    def differs_from(self, other: Zone) -> bool:
        """Tell whether the two are certainly not the same zone."""
        if self.region and other.region and self.region != other.region:
            return True
        return self.family == other.family and self.key != other.key


def zone_of_subnet(subnet: Resource) -> Zone:
    """Return the zone of a subnet; where nothing says it, the one that AWS chooses for this subnet."""
    for argument in _CARRIERS:
        if (value := subnet.value(argument)) is not None and value != "":
            return zone_of_value(value, subnet, argument)
    return _chosen(subnet)


def zone_of_value(value: Value, owner: Resource, argument: str = "availability_zone", hops: int = _MAX_HOPS) -> Zone:
    """Return the zone that an argument of `owner` says, following references to what is in the same zone."""
    region = owner.region if isinstance(owner.region, str) else None
    if isinstance(value, str):
        family = "id" if argument.endswith("_id") or _ID.fullmatch(value) else "name"
        return Zone(family, str(value), region if family == "id" else _region_of(value) or region, str(value))
    if isinstance(value, Reference) and hops:
        return _zone_of_reference(value, owner, region, hops)
    if isinstance(value, Template) and len(value.parts) == 2 and isinstance(value.parts[1], str):
        # "${var.region}a": whatever the region is, another letter is another zone.
        return Zone(f"name after {shown(value.parts[0])}", value.parts[1], region, shown(value))
    return _chosen(owner)


def zones_of(subnets: Iterable[Resource]) -> list[Zone]:
    """List the zones of subnets, each once, in order."""
    return list(dict.fromkeys(zone_of_subnet(subnet) for subnet in subnets))


def count_of(zones: Iterable[Zone]) -> tuple[int, int]:
    """Return how many different zones these are at least, and at most."""
    families: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for zone in zones:
        families[zone.family, zone.region].add(zone.key)
    by_region: dict[str | None, list[int]] = defaultdict(list)
    for (_, region), keys in families.items():
        by_region[region].append(len(keys))
    unknown_region = by_region.pop(None, [])
    least = max(sum(max(counts) for counts in by_region.values()), max(unknown_region, default=0))
    return least, sum(len(keys) for keys in families.values())


def certain_count(block: Block, argument: str, zones: Iterable[Zone]) -> int:
    """Return how many different zones these are.

    Raises
    ------
    Undecidable
        Some of them may be the same.
    """
    least, most = count_of(zones)
    if least != most:
        raise Undecidable(block.named(argument), "which of its zones are the same is known only after apply")
    return least


def _zone_of_reference(value: Reference, owner: Resource, region: str | None, hops: int) -> Zone:
    path = value.path
    if value.address.startswith("data.aws_availability_zones.") and path and path[0] in _ZONE_LISTS:
        if len(path) == 2 and isinstance(path[1], int):
            return _listed(value, owner, region, path[1])
        return _chosen(owner)
    if path and path[-1] in _CARRIERS:
        found = owner.graph.find(value.address)
        if len(found) == 1 and found[0] is not owner and not found[0].many:
            carrier = found[0]
            if (own := carrier.value(str(path[-1]))) is not None:
                return zone_of_value(own, carrier, str(path[-1]), hops - 1)
            if (subnet := carrier.target("subnet_id", "aws_subnet")) is not None:
                return zone_of_subnet(subnet)
            return _chosen(carrier)
    return _chosen(owner)


def _listed(value: Reference, owner: Resource, region: str | None, index: int) -> Zone:
    found = owner.graph.find(value.address)
    asked = shown(dict(found[0].values), 2_000) if found else value.address
    # Two data sources that ask the same are given the same list.
    family = f"{'id' if value.path[0] == 'zone_ids' else 'name'} listed for {asked} in {region}"
    return Zone(family, str(index), region, f"zone {index + 1}" if index >= 0 else str(value))


def _chosen(owner: Resource) -> Zone:
    region = owner.region if isinstance(owner.region, str) else None
    if owner.many:
        raise Undecidable("availability_zone", f"how many {owner.block_address} there are, and where, is not known")
    return Zone(f"chosen for {owner.address}", "", region, f"the zone of {owner.address}")


def _region_of(name: str) -> str | None:
    """Return the region in a zone's name: ``us-east-1`` of ``us-east-1a``."""
    return name[:-1] if len(name) > 1 and name[-1].isalpha() and name[-2].isdigit() and name.count("-") == 2 else None


__all__ = ["Zone", "certain_count", "count_of", "zone_of_subnet", "zone_of_value", "zones_of"]
