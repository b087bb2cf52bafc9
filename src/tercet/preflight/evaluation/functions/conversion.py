"""What is converted between strings, numbers and truth values."""

from __future__ import annotations

from tercet.preflight.evaluation.scope import plain
from tercet.preflight.values import Value


def to_text(value: Value) -> str | None:
    """Convert a known scalar to a string as Terraform does; None where it is no known scalar."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**300 else None
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 2**63 else repr(value)
    return None


def to_number(value: Value) -> int | float:
    """Convert a known value to a number.

    Raises
    ------
    ValueError
        It is none.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError("it is no number")
    if isinstance(value, int | float):
        return value
    text = str(value)
    if len(text) > 300:
        raise ValueError("it is no number")
    return int(text) if text.lstrip("-").isdigit() else float(text)


def to_bool(value: Value) -> Value:
    """Convert ``"true"`` and ``"false"``; anything else stays as it is."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(str(value), value)
    return value


def tostring(value: Value) -> Value:
    """Convert a known scalar; what is not known is text later."""
    text = to_text(plain(value))
    return value if text is None or isinstance(value, str) else text


def tonumber(value: Value) -> Value:
    """Convert a known value to a number; null stays null."""
    return None if value is None else to_number(value)
