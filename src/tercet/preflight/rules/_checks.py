"""Several questions of one rule that do not depend on each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from tercet.preflight.graph import Block, Undecidable
from tercet.preflight.rule import Problem
from tercet.preflight.values import Unknown

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


def is_stated(block: Block, name: str) -> bool:
    """Tell whether an argument is given; what is written for it and is not known counts.

    Raises
    ------
    Undecidable
        It is a plan: what it does not know may be the provider's, where a condition came to null. What is made of
        resources alone has no condition.
    """
    value, graph = block.value(name), block.owner.graph
    if isinstance(value, Unknown) and graph.kind == "plan":
        made_of = [graph.find(one.address) for one in value.references]
        if not made_of or not all(made_of):
            raise Undecidable(block.named(name), value.because)
    return value not in (None, "", [])


def is_given(block: Block, name: str) -> bool:
    """Tell whether an argument certainly has a value, be it known or not.

    Raises
    ------
    Undecidable
        It may be null, as what a variable or an expression yields.
    """
    value = block.value(name)
    if isinstance(value, Unknown):
        raise Undecidable(block.named(name), value.because)
    return value not in (None, "", [])
