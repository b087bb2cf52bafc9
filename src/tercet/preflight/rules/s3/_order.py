"""Whether Terraform makes one resource after another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tercet.preflight.graph import Resource

_MAX_VISITS: Final = 5_000


def waits_for(resource: Resource, others: Iterable[Resource]) -> bool:
    """Tell whether a resource is made after one of the others, because it or what it needs refers to it.

    A dependency on a module, or on what is not in the configuration, may be one on all of them.
    """
    wanted = {id(other) for other in others}
    graph = resource.graph
    seen: set[str] = set()
    stack = [resource]
    while stack and len(seen) < _MAX_VISITS:
        one = stack.pop()
        for address in graph.needs_of(one) | set(one.depends_on):
            found = graph.find(address)
            if not found and address in one.depends_on:
                return True
            for other in found:
                if id(other) in wanted:
                    return True
                if other.address not in seen:
                    seen.add(other.address)
                    stack.append(other)
    return len(seen) >= _MAX_VISITS
