"""How many instances a block has, and what each of them knows itself by."""

from __future__ import annotations

from typing import Final

from tercet.preflight.evaluation.evaluate import evaluate, value_of
from tercet.preflight.evaluation.scope import Scope
from tercet.preflight.syntax.tree import BlockSyntax
from tercet.preflight.values import Reference, Unknown, Value

MAX_INSTANCES: Final = 1_000
"""Instances of one block: beyond, one stands for all."""


def repetition(block: BlockSyntax, scope: Scope) -> int | dict[str, Value] | Unknown | None:
    """Tell how often a block is repeated: not at all, a number of times, by key, or unknown."""
    if (count := block.body.attributes.get("count")) is not None:
        value = value_of(count, scope)
        if isinstance(value, str) and value.isdigit() and len(value) < 6:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_INSTANCES:
            return value if isinstance(value, Unknown) else Unknown("count is not known")
        return int(value) if scope.budget.expand(int(value)) else _TOO_MANY
    if (for_each := block.body.attributes.get("for_each")) is not None:
        keys = _by_key(evaluate(for_each, scope))
        return keys if isinstance(keys, Unknown) or scope.budget.expand(len(keys)) else _TOO_MANY
    return None


_TOO_MANY: Final = Unknown("there are more instances than are looked at")


def _by_key(value: Value) -> dict[str, Value] | Unknown:
    if isinstance(value, list) and all(isinstance(one, str | Reference) for one in value):
        # The zones of a region: their names are not known, but that they are so many different ones is.
        value = {str(one): one if isinstance(one, Reference) else str(one) for one in value}
    if isinstance(value, dict) and len(value) <= MAX_INSTANCES:
        return {str(key): one for key, one in value.items()}
    return value if isinstance(value, Unknown) else Unknown("for_each is not known")


def key_of(key: str, value: Value) -> Value:
    """Return what ``each.key`` is worth: where the item of a set is a reference, so is its key."""
    return value if isinstance(value, Reference) and str(value) == key else key


def unknown_each(because: Unknown) -> dict[str, Value]:
    """Return what ``each`` and ``count`` are worth in a block of which one instance stands for all."""
    each = Unknown(because.because, because.references)
    return {"each": {"key": each, "value": each}, "count": {"index": each}}
