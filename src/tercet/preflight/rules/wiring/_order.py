"""Whether Terraform makes one resource only after another."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Resource

_MAX_STEPS: Final = 2_000


def waits_for(later: Resource, earlier: Resource) -> bool:
    """Tell whether a resource waits for another, by references or ``depends_on``, at any distance.

    True as well where that is too far to see.
    """
    graph = later.graph
    seen = {later.address}
    waiting = [later]
    for _ in range(_MAX_STEPS):
        if not waiting:
            return False
        one = waiting.pop()
        for address in (*graph.needs_of(one), *one.depends_on):
            if earlier.address.startswith(f"{address}.") or earlier.block_address == address.removesuffix("[*]"):
                return True
            for found in graph.find(address):
                if found is earlier:
                    return True
                if found.address not in seen:
                    seen.add(found.address)
                    waiting.append(found)
    return True


def module_of(resource: Resource) -> str:
    """Return the address of the module that a resource is in; empty for the root."""
    before, _, _ = resource.block_address.rpartition(f"{resource.type}.{resource.name}")
    return before
