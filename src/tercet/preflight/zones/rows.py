"""Components that fare alike, put together so that a reader can take in the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from tercet.preflight.zones.model import Component, Fate, Layer, Verdict, ZoneReport

WORDS: Final = {
    Fate.SURVIVES: "survives",
    Fate.DEGRADED: "degraded",
    Fate.UNDECIDABLE: "not known",
    Fate.LOST: "lost",
}
SIGNS: Final = {Fate.SURVIVES: "✓", Fate.DEGRADED: "◐", Fate.UNDECIDABLE: "?", Fate.LOST: "✗"}
"""A sign of its own for each, for who cannot tell the colours apart."""


@dataclass(frozen=True, slots=True)
class Row:
    """Components of one kind that fare alike in each zone."""

    components: tuple[Component, ...]

    @property
    def title(self) -> str:
        """What they are, and how many."""
        what = self.components[0].what
        return what if len(self.components) == 1 else f"{len(self.components)} × {what}"

    @property
    def address(self) -> str:
        """The address of the only one, or of the first and how many more."""
        more = len(self.components) - 1
        return self.components[0].address + (f" and {more} more" if more else "")

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdict on each zone: the words are the same for all of them, the reasons are those of the first."""
        return self.components[0].verdicts


def rows(report: ZoneReport) -> Iterator[tuple[Layer, list[Row]]]:
    """Go through the layers, each with its rows."""
    for layer, components in groupby(report.components, key=lambda one: one.layer):
        together: dict[tuple[object, ...], list[Component]] = {}
        for one in components:
            key = (one.what, one.counts, tuple((verdict.fate, verdict.left) for verdict in one.verdicts))
            together.setdefault(key, []).append(one)
        yield layer, [Row(tuple(group)) for group in together.values()]


def conclusion(report: ZoneReport) -> str:
    """Say in one sentence what the loss of a zone takes."""
    if not report.components:
        return "There is nothing here that a zone could take."
    if report.lost:
        return f"Lost with a zone: {_named(report.lost)}."
    unknown = sum(1 for one in report.components if one.counts and one.worst is Fate.UNDECIDABLE)
    if unknown:
        return f"Nothing is seen to be lost with a zone; of {unknown} it cannot be known."
    if alone := tuple(one for one in report.components if one.worst is Fate.LOST):
        return f"No request is seen to depend on what is lost with a zone: {_named(alone)}."
    return "Nothing is lost with any one zone."


def _named(lost: Sequence[Component]) -> str:
    return ", ".join(one.address for one in lost[:3]) + (f" and {len(lost) - 3} more" if len(lost) > 3 else "")
