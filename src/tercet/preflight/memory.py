"""What was found out about a graph once, kept with it; that something cannot be known is an answer too."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from tercet.preflight.graph import Graph, Undecidable

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


def once(graph: Graph, key: Hashable, ask: Callable[[], Found]) -> Found:
    """Return what `ask` answers, asking it only once, where it may answer that it cannot know.

    Raises
    ------
    Undecidable
        As `ask` does: each time again.
    """

    def answer() -> Found | Undecidable:
        try:
            return ask()
        except Undecidable as reason:
            return reason

    found = remembered(graph, key, answer)
    if isinstance(found, Undecidable):
        raise Undecidable(found.what, found.because)
    return found
