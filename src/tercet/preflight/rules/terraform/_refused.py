"""What the language refuses, as the evaluation has kept it, and the block that a problem with it is at."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.declarations import Refused
from tercet.preflight.findings import Source
from tercet.preflight.graph import Graph, Resource


def refused(graph: Graph, *kinds: str) -> Iterator[Refused]:
    """Go through what is refused for one of these reasons, each once."""
    if graph.refused:
        yield from (one for one in dict.fromkeys(graph.refused) if one.kind in kinds)


def place(graph: Graph, address: str, source: Source) -> Resource:
    """Return the resource of an address; where there is none, as for a variable or a module, one that stands for it."""
    found = graph.find(address)
    if found:
        return found[0]
    kind, _, name = address.rpartition(".")
    return Resource(graph, address, "managed", kind, name, {}, source=source)
