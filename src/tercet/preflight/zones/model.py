"""What is said of each component and each zone."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tercet.preflight.graph import Resource
from tercet.preflight.network import Zone

FORMAT_VERSION: Final = "1.0"
"""Version of the JSON report; the first number changes when a program that reads it would break."""


class Fate(enum.StrEnum):
    """What becomes of a component when a zone is lost; from the best on."""

    SURVIVES = "survives"
    """It does not notice."""
    DEGRADED = "degraded"
    """It goes on with less, or after a failover."""
    UNDECIDABLE = "undecidable"
    """The configuration does not say."""
    LOST = "lost"
    """It stops until the zone is back or somebody acts."""

    @property
    def rank(self) -> int:
        """Place in the order: 0 is the best."""
        return list(Fate).index(self)


class Layer(enum.StrEnum):
    """Where in the path of a request a component stands, in the order in which a request meets them."""

    DNS = "DNS"
    ENTRY = "Entry"
    COMPUTE = "Compute"
    MESSAGES = "Messages"
    CACHE = "Cache"
    DATABASE = "Database"
    STORAGE = "Storage"
    NETWORK = "Network"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one component when one zone is lost.

    Parameters
    ----------
    fate
        In a word.
    reasons
        The chain that leads to it: whole sentences.
    left
        What capacity is left: ``2 of 3 instances``; empty where nothing changes.
    """

    fate: Fate
    reasons: tuple[str, ...]
    left: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """One component, and its verdict for each zone of the report, in the same order.

    Parameters
    ----------
    address
        Terraform's.
    layer
        Where in the path of a request it stands.
    what
        What it is, for a reader: ``Lambda function``.
    verdicts
        One for each zone.
    resource
        What the address names.
    counts
        Whether its loss is a fault: a bastion host or a read replica may go with its zone.
    reported_by
        The rule that reports its loss; None where ``zone-loss`` does.
    spans
        Whether it was plainly put into several zones by somebody's choice.
    """

    address: str
    layer: Layer
    what: str
    verdicts: tuple[Verdict, ...]
    resource: Resource = field(compare=False, repr=False)
    counts: bool = True
    reported_by: str | None = None
    spans: bool = False

    @property
    def worst(self) -> Fate:
        """The worst that the loss of one zone does to it."""
        return max((one.fate for one in self.verdicts), key=lambda fate: fate.rank, default=Fate.SURVIVES)


@dataclass(frozen=True, slots=True)
class ZoneReport:
    """What the loss of each zone takes.

    Parameters
    ----------
    zones
        The zones that the configuration is in; where it names none, one stands for any.
    components
        In the order in which a request meets them.
    """

    zones: tuple[Zone, ...]
    components: tuple[Component, ...]

    @property
    def whole(self) -> tuple[Fate, ...]:
        """What becomes of the whole for each zone: the worst of what counts."""
        counting = [one for one in self.components if one.counts]
        return tuple(_worst([one.verdicts[index].fate for one in counting]) for index in range(len(self.zones)))

    @property
    def lost(self) -> tuple[Component, ...]:
        """The components whose loss with a zone is a fault."""
        return tuple(one for one in self.components if one.counts and one.worst is Fate.LOST)

    @property
    def spans_zones(self) -> bool:
        """Tell whether the configuration plainly aims at more than one zone."""
        return any(one.spans for one in self.components)


def _worst(fates: Sequence[Fate]) -> Fate:
    return max(fates, key=lambda fate: fate.rank, default=Fate.SURVIVES)
