"""How names begin, even where the rest of them is not known."""

from __future__ import annotations

from tercet.preflight.graph import Block
from tercet.preflight.values import Template


def prefix_of(block: Block, argument: str) -> str:
    """Return what is known of the beginning of a string; nothing where that is not known."""
    value = block.value(argument)
    if isinstance(value, str):
        return str(value)
    return value.prefix if isinstance(value, Template) else ""
