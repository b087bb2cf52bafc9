"""Answers that cost a look at a whole configuration, found once; that something cannot be known is an answer too."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from tercet.preflight.graph import Graph, Undecidable

Answer = TypeVar("Answer")


def once(graph: Graph, key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """Return what `ask` answers, asking it only once for a graph and key.

    It is kept in the graph, as a cached property would be: it goes when the graph goes.

    Raises
    ------
    Undecidable
        As `ask` does: each time again.
    """
    answers = vars(graph).setdefault("_asked_once", {})
    if key not in answers:
        try:
            answers[key] = ask()
        except Undecidable as reason:
            answers[key] = reason
    found: Answer | Undecidable = answers[key]
    if isinstance(found, Undecidable):
        raise Undecidable(found.what, found.because)
    return found
