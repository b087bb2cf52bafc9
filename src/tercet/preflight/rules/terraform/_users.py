"""Who refers to something that is not there."""

from __future__ import annotations

from typing import Final

from tercet.preflight.declarations import Undeclared
from tercet.preflight.findings import Source
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.values import Unknown, walk

KEYS: Final = frozenset(("missing-key", "unexpected-key", "no-instance"))
"""Reasons for which a reference to what is declared is none to any instance of it."""


def evaluate_all(graph: Graph) -> None:
    """Evaluate every argument: what is undeclared is known only once somebody has asked for it."""
    for resource in graph.resources.values():
        for value in resource.values.values():
            del value


def user_of(graph: Graph, one: Undeclared) -> Resource:
    """Return a resource that refers to the name; where none does by itself, one that bears the name."""
    prefix = f"{one.module}." if one.module else ""
    because = (f"undeclared: {one.name}", f"there is no {one.name}")
    for resource in graph.resources.values():
        if resource.address.startswith(prefix):
            for value in resource.values.values():
                if any(isinstance(part, Unknown) and part.because in because for part in walk(value)):
                    return resource
    source = next((other.source for other in graph.resources.values() if other.address.startswith(prefix)), Source())
    kind, _, name = one.name.rpartition(".")
    return Resource(graph, f"{prefix}{one.name}", "managed", kind, name, {}, source=Source(source.file))
