"""What the analysis of a component asks of the configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.network import Zone
from tercet.preflight.zones.model import Component, Fate, Layer, Verdict


@dataclass(frozen=True, slots=True)
class Asking:
    """The configuration, and the zones that are lost one after the other."""

    graph: Graph
    zones: tuple[Zone, ...]

    def component(
        self,
        resource: Resource,
        layer: Layer,
        what: str,
        judge: Callable[[Zone], Verdict],
        *,
        counts: bool = True,
        reported_by: str | None = None,
        spans: bool = False,
    ) -> Component:
        """Ask for the verdict on each zone; what is not known is undecidable."""
        verdicts = tuple(self._verdict(resource, judge, zone) for zone in self.zones)
        return Component(resource.address, layer, what, verdicts, resource, counts, reported_by, spans)

    def alike(self, resource: Resource, layer: Layer, what: str, judge: Callable[[Resource], Verdict]) -> Component:
        """Ask for one verdict, whichever zone is lost: AWS chooses where its parts are."""
        return self.component(resource, layer, what, lambda _: judge(resource))

    def undecidable(self, resource: Resource, layer: Layer, what: str, reason: Undecidable) -> Component:
        """Return a component of which nothing can be said."""
        verdict = Verdict(Fate.UNDECIDABLE, (sentence(reason),))
        return Component(resource.address, layer, what, (verdict,) * len(self.zones), resource)

    def all_alike(self, resource: Resource, layer: Layer, what: str, verdict: Verdict) -> Component:
        """Return a component that fares alike whichever zone is lost."""
        return Component(resource.address, layer, what, (verdict,) * len(self.zones), resource)

    def _verdict(self, resource: Resource, judge: Callable[[Zone], Verdict], zone: Zone) -> Verdict:
        region = resource.region if isinstance(resource.region, str) else None
        if region and zone.region and region != zone.region:
            return Verdict(Fate.SURVIVES, (f"{resource.address} is in {region}, and {zone} is not.",))
        try:
            return judge(zone)
        except Undecidable as reason:
            return Verdict(Fate.UNDECIDABLE, (sentence(reason),))


def sentence(reason: Undecidable) -> str:
    """Write why something cannot be known."""
    return f"It cannot be known: {reason}."


Analyst = Callable[[Asking], Iterable[Component]]
"""Finds the components of one kind, and judges each."""
