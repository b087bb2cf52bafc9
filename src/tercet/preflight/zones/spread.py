"""The verdict on what has parts in zones, such as instances or subnets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tercet.preflight.network import Zone
from tercet.preflight.zones.model import Fate, Verdict


@dataclass(frozen=True, slots=True)
class Spread:
    """Something that has a part in each of these zones.

    Parameters
    ----------
    name
        Its address.
    verb
        How it is there: ``runs in``, ``has interfaces in``.
    zones
        One for each part; a zone with two parts stands here twice.
    unit
        What a part is: ``zone``, ``instance``.
    then
        What happens when some parts are left, as a sentence.
    """

    name: str
    verb: str
    zones: Sequence[Zone]
    unit: str
    then: str = ""

    def without(self, lost: Zone) -> Verdict:
        """Return what becomes of it when a zone is lost."""
        left = [zone for zone in self.zones if zone.differs_from(lost)]
        gone = [zone for zone in self.zones if zone == lost]
        where = f"{self.name} {self.verb} {listed([str(zone) for zone in dict.fromkeys(self.zones)])}."
        if len(left) == len(self.zones):
            return Verdict(Fate.SURVIVES, (where, f"Nothing of it is in {lost}."))
        if not left:
            if len(gone) == len(self.zones):
                return Verdict(Fate.LOST, (where, f"Nothing of it is outside of {lost}."))
            return Verdict(Fate.UNDECIDABLE, (where, f"Whether that is {lost} is known only after apply."))
        reasons = [where, self.then] if self.then else [where]
        if not gone:
            reasons.append(f"Whether a part of it is in {lost} is known only after apply.")
        return Verdict(Fate.DEGRADED, tuple(reasons), share(len(left), len(self.zones), self.unit))


def share(left: int, all_of: int, unit: str) -> str:
    """Write ``2 of 3 instances``."""
    return f"{left} of {all_of} {unit}{'' if all_of == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """Write ``a, b and c``."""
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1] if names else "nothing"
