"""Event patterns: whether an event of a source matches, three-valued."""

from __future__ import annotations

from typing import Final

from tercet.preflight.policies.globs import matches
from tercet.preflight.policies.matching import Answer, any_of
from tercet.preflight.values import Template, Value

_OWN: Final = ("aws.", "aws/")
"""Sources that only services of AWS send."""


def entries(pattern: Value, key: str) -> list[Value] | None:
    """Return the entries of a field of a pattern; None where the pattern does not filter by it."""
    value = pattern.get(key) if isinstance(pattern, dict) else None
    if value is None:
        return None
    return value if isinstance(value, list) else [value]


def takes(entry: Value, text: Value) -> Answer:
    """Tell whether an entry of a pattern takes a value."""
    if isinstance(entry, str) and isinstance(text, str):
        return str(entry) == str(text)
    if isinstance(entry, Template) and entry == text:
        return True  # not known, and written the same
    if not isinstance(entry, dict) or not isinstance(text, str):
        return None
    answers = [_filter(str(name), wanted, str(text)) for name, wanted in entry.items()]
    return any_of(answers)


def any_takes(found: list[Value], text: Value) -> Answer:
    """Tell whether one of the entries takes a value."""
    return any_of(takes(entry, text) for entry in found)


def is_own(found: list[Value]) -> bool:
    """Tell whether entries can take events of one's own: not only those that services of AWS send."""
    return not all(isinstance(entry, str) and entry.startswith(_OWN) for entry in found)


def _filter(name: str, wanted: Value, text: str) -> Answer:
    if name == "anything-but":
        return _negated(any_takes(wanted if isinstance(wanted, list) else [wanted], text))
    if name == "exists":
        return bool(wanted)
    if not isinstance(wanted, str):
        return None
    if name == "prefix":
        return text.startswith(wanted)
    if name == "suffix":
        return text.endswith(wanted)
    if name == "equals-ignore-case":
        return text.lower() == wanted.lower()
    if name == "wildcard":
        return matches(wanted, text)
    return None


def _negated(answer: Answer) -> Answer:
    return None if answer is None else not answer
