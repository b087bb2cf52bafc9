"""Whether Terraform makes one resource after another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tercet.preflight.graph import Graph, Resource
from tercet.preflight.memory import remembered

_MAX_VISITS: Final = 5_000


def waits_for(resource: Resource, others: Iterable[Resource]) -> bool:
    """Tell whether a resource is made after one of the others, because it or what it needs refers to it.

    It is taken to wait where that cannot be told: behind a module that is not at hand, behind a local in a plan, and
    where it is too far to see.
    """
    wanted = {other.address for other in others}
    graph = resource.graph
    seen = {resource.address}
    stack = [resource]
    while stack and len(seen) < _MAX_VISITS:
        one = stack.pop()
        if graph.may_need_more(one):
            return True
        for address in graph.needs_of(one):
            found = graph.find(address) or _inside(graph, address)
            if not found and address in one.depends_on:
                return True
            for other in found:
                if other.address in wanted:
                    return True
                if other.address not in seen:
                    seen.add(other.address)
                    stack.append(other)
    return bool(stack)


def _inside(graph: Graph, address: str) -> list[Resource]:
    """Return the resources of a module: who waits for it waits for all of them."""
    if not address.startswith("module."):
        return []
    inside = (f"{address}.", f"{address}[")
    return remembered(
        graph, ("inside", address), lambda: [one for one in graph.resources.values() if one.address.startswith(inside)]
    )
