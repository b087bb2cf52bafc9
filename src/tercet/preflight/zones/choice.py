"""The verdict on what AWS places by itself, somewhere in the zones of the subnets that it is given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import Zone, count_of, subnets_in, zones_of
from tercet.preflight.zones.model import Fate, Verdict
from tercet.preflight.zones.spread import listed, share

_SUBNET_GROUPS: Final = (
    "aws_db_subnet_group",
    "aws_docdb_subnet_group",
    "aws_neptune_subnet_group",
    "aws_elasticache_subnet_group",
    "aws_memorydb_subnet_group",
    "aws_redshift_subnet_group",
    "aws_dax_subnet_group",
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Parts that AWS places.

    Parameters
    ----------
    first
        A sentence that says what it is: how many parts, and of what.
    zones
        Those that AWS chooses among; none where they are not in the configuration.
    count
        How many parts there are; one, or all of them together, is in one zone.
    unit
        What a part is: ``instance``, ``node``.
    then
        What happens when some parts are left, as a sentence.
    """

    first: str
    zones: Sequence[Zone]
    count: int = 1
    unit: str = "instance"
    then: str = ""

    def without(self, lost: Zone) -> Verdict:
        """Return what becomes of it when a zone is lost."""
        if self.zones and all(zone.differs_from(lost) for zone in self.zones):
            return Verdict(Fate.SURVIVES, (self.first, f"It is in none of the subnets in {lost}."))
        names = listed([str(zone) for zone in self.zones]) if self.zones else "those of the region"
        if len(self.zones) == 1 and self.zones[0] == lost:
            return Verdict(Fate.LOST, (self.first, f"Its subnets are all in {names}."))
        if self.count == 1:
            chosen = f"AWS chooses its zone among {names}, and it stops when that zone is lost."
            return Verdict(Fate.LOST, (self.first, chosen))
        spread = f"AWS spreads them over {names}."
        left = self.count - math.ceil(self.count / max(count_of(self.zones)[1], 2))
        return Verdict(Fate.DEGRADED, (self.first, spread, self.then), f"at least {share(left, self.count, self.unit)}")


def zones_of_group(resource: Resource, argument: str) -> list[Zone]:
    """Return the zones of the subnet group that an argument names; none where they are not known."""
    group = resource.target(argument, *_SUBNET_GROUPS)
    if group is None:
        return []
    try:
        return zones_of(subnets_in(group, "subnet_ids"))
    except Undecidable:
        return []
