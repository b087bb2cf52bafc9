"""References that are not evaluated, because what they name is not a value: a provider, what a resource waits for."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.syntax.tree import Attribute, Expression, Index, JsonValue, Literal, Name, Tuple


def traversal_text(expression: Expression) -> str:
    """Write a reference that is not evaluated (``provider``, ``depends_on``) as text; empty where it is none."""
    if isinstance(expression, JsonValue):
        return expression.value.removeprefix("${").removesuffix("}") if isinstance(expression.value, str) else ""
    if isinstance(expression, Literal):
        return str(expression.value)
    if isinstance(expression, Name):
        return expression.name
    if isinstance(expression, Attribute):
        return f"{traversal_text(expression.value)}.{expression.name}"
    if isinstance(expression, Index):
        return traversal_text(expression.value)
    return ""


def traversal_texts(expression: Expression | None) -> Iterator[str]:
    """Write each of a list of references as text."""
    if isinstance(expression, Tuple):
        yield from (traversal_text(item) for item in expression.items)
    elif isinstance(expression, JsonValue) and isinstance(expression.value, list):
        yield from (traversal_text(JsonValue(item)) for item in expression.value)
