"""Event patterns and filter policies: JSON in which every leaf is a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.values import Template, Value, shown

MAX_NODES: Final = 20_000
_OR: Final = "$or"


def scalar_paths(pattern: Value) -> list[tuple[str, str]]:
    """List the keys whose value is single where a list belongs, each with what it is."""
    return [(path, shown(value)) for path, value in _entries(pattern) if _is_single(value)]


def empty_paths(pattern: Value) -> list[str]:
    """List the keys whose object or list is empty."""
    return [path for path, value in _entries(pattern) if value in ({}, [])]


def filters(pattern: Value) -> Iterator[tuple[str, dict[str, Value]]]:
    """Go through the content filters, such as ``{"prefix": "eu-"}``, each with the key that it stands under."""
    for path, value in _entries(pattern):
        if isinstance(value, list) and not path.endswith(_OR):
            for item in value:
                if isinstance(item, dict):
                    yield path, item


def _entries(pattern: Value) -> Iterator[tuple[str, Value]]:
    """Go through the keys outside of lists, and inside of ``$or``; at most `MAX_NODES`."""
    stack: list[tuple[str, Value]] = [("", pattern)]
    left = MAX_NODES
    while stack and left:
        left -= 1
        path, value = stack.pop()
        if path:
            yield path, value
        if isinstance(value, dict):
            stack.extend((f"{path}.{key}" if path else str(key), one) for key, one in reversed(value.items()))
        elif isinstance(value, list) and path.endswith(_OR):
            stack.extend((path, one) for one in reversed(value) if isinstance(one, dict))


def _is_single(value: Value) -> bool:
    return value is None or isinstance(value, str | int | float | bool | Template)
