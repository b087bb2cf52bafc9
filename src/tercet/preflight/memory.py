"""What was found out about a graph once, kept with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from tercet.preflight.graph import Graph

Found = TypeVar("Found")


def remembered(graph: Graph, key: Hashable, find: Callable[[], Found]) -> Found:
    """Return what `find` answers, asking it only once for a graph and key.

    It is kept in the graph, as a cached property would be: it goes when the graph goes.
    """
    store = vars(graph).setdefault("_remembered", {})
    if key not in store:
        store[key] = find()
    found: Found = store[key]
    return found
