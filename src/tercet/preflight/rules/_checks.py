"""Several questions of one rule that do not depend on each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from tercet.preflight.graph import Block, Undecidable
from tercet.preflight.rule import Problem

_Asked = TypeVar("_Asked", bound=Block)


def ask_each(asked: _Asked, questions: Iterable[Callable[[_Asked], Iterator[Problem]]]) -> Iterator[Problem]:
    """Ask all of them, even where one cannot be decided.

    Raises
    ------
    Undecidable
        At the end, where one could not be decided.
    """
    undecided: Undecidable | None = None
    for question in questions:
        try:
            yield from question(asked)
        except Undecidable as one:
            undecided = undecided or one
    if undecided is not None:
        raise undecided


def is_missing(block: Block, *names: str) -> bool:
    """Tell whether none of these is written; what is written and null may come from a variable that a caller sets."""
    return not any(name in block.values for name in names)
