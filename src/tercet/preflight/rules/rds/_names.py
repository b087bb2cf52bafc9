"""Names of which parts may not be known."""

from __future__ import annotations

from tercet.preflight.values import Template, Value


def known_parts(value: Value) -> list[str | None]:
    """Return the parts of a string, at least one; None stands for a part that is not known."""
    if isinstance(value, str):
        return [str(value)]
    if isinstance(value, Template) and value.parts:
        return [str(part) if isinstance(part, str) else None for part in value.parts]
    return [None]
