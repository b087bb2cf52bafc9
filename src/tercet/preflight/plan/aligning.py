"""Brings the expressions of blocks into the order of the blocks' values.

A plan sorts the blocks of a set; their expressions stand as they were written, and those of a ``dynamic`` not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

MAX_BLOCKS: Final = 200
"""Blocks of one name that are compared, each with each."""
MAX_LEVELS: Final = 10
"""Blocks within blocks that are compared."""


def aligned(expressions: Sequence[Any], values: Sequence[Any]) -> list[Any] | dict[str, Any]:
    """Return the expressions of blocks, each at the place of its block's values.

    Where they cannot be told apart by what is constant in them, return one expression that refers to all that any of
    them refers to.
    """
    if len(expressions) == len(values) == 1:
        return list(expressions)
    if len(expressions) != len(values) or len(values) > MAX_BLOCKS:
        return _of_any(expressions)
    left = list(enumerate(expressions))
    found = []
    for at, value in enumerate(values):
        scored = [(_likeness(one, value), index == at, index, one) for index, one in left]
        likeness, _, index, best = max(scored, key=lambda one: one[:2])
        if likeness is _UNLIKE:
            return _of_any(expressions)
        found.append(best)
        left = [one for one in left if one[0] != index]
    return found


_UNLIKE: Final = float("-inf")


def _likeness(expression: Any, value: Any, levels: int = MAX_LEVELS) -> float:
    """Tell how well a block's values fit to its expressions; `_UNLIKE` where something constant is another."""
    if not isinstance(expression, Mapping) or not isinstance(value, Mapping) or not levels:
        return 0
    likeness = 0.0
    for name, stated in expression.items():
        held = value.get(name)
        if isinstance(stated, Mapping) and "constant_value" in stated and "references" not in stated:
            if held is not None and _text(stated["constant_value"]) != _text(held):
                return _UNLIKE
            likeness += held is not None
        elif isinstance(stated, list) and isinstance(held, list):
            likeness += sum(_likeness(one, other, levels - 1) for one, other in zip(stated, held, strict=False))
    return likeness - sum(1 for name, held in value.items() if held and name not in expression)


def _text(value: Any) -> Any:
    """Return what is compared: a number may be written as text, and the items of a set are sorted."""
    return sorted(map(str, value)) if isinstance(value, list) else str(value)


def _of_any(expressions: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, None] = {}
    stack, left = list(expressions), 10_000
    while stack and left:
        left -= 1
        one = stack.pop()
        if isinstance(one, Mapping) and isinstance(one.get("references"), list):
            found.update(dict.fromkeys(text for text in one["references"] if isinstance(text, str)))
        elif isinstance(one, Mapping):
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
    return {"references": list(found)}
