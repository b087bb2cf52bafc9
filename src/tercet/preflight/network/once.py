"""Answers that cost a look at everything in a VPC, found once; that something cannot be known is an answer too."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from tercet.preflight.graph import Graph, Undecidable
from tercet.preflight.policies.memory import remembered

Answer = TypeVar("Answer")


def once(graph: Graph, key: Hashable, ask: Callable[[], Answer]) -> Answer:
    """Return what `ask` answers, asking it only once for a graph and key.

    Raises
    ------
    Undecidable
        As `ask` does: each time again.
    """

    def answer() -> Answer | Undecidable:
        try:
            return ask()
        except Undecidable as reason:
            return reason

    found = remembered(graph, key, answer)
    if isinstance(found, Undecidable):
        raise Undecidable(found.what, found.because)
    return found
