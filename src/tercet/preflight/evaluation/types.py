"""Converts a variable's value to its declared type: defaults of optional attributes, above all."""

from __future__ import annotations

from typing import Final

from tercet.preflight.evaluation.scope import SetValue
from tercet.preflight.syntax.tree import Call, Expression, JsonValue, Literal, Name, Object, Tuple
from tercet.preflight.values import Value

_MAX_DEPTH: Final = 20


def conform(value: Value, declared: Expression | None, depth: int = _MAX_DEPTH) -> Value:
    """Give objects the attributes that their declared type has and they lack: the default, or null.

    Parameters
    ----------
    value
        As it was given.
    declared
        The variable's ``type``.
    depth
        How many levels are looked at.
    """
    if declared is None or value is None or not depth or isinstance(declared, JsonValue):
        return value
    if not isinstance(declared, Call) or not declared.arguments:
        return _scalar(value, declared)
    inner = declared.arguments[0]
    if declared.function == "object" and isinstance(inner, Object) and isinstance(value, dict):
        return _object(value, inner, depth)
    if declared.function == "map" and isinstance(value, dict):
        return {key: conform(one, inner, depth - 1) for key, one in value.items()}
    if declared.function in ("list", "set") and isinstance(value, list):
        items = (conform(one, inner, depth - 1) for one in value)
        return SetValue(items) if declared.function == "set" else list(items)
    return value


def _scalar(value: Value, declared: Expression) -> Value:
    if isinstance(declared, Name) and isinstance(value, str):
        if declared.name == "number" and value.lstrip("-").isdigit() and len(value) < 300:
            return int(value)
        if declared.name == "bool" and value in ("true", "false"):
            return value == "true"
    return value


def _object(value: dict[str, Value], declared: Object, depth: int) -> Value:
    made = dict(value)
    for key, kind in declared.items:
        if not isinstance(key, Literal):
            continue
        name = str(key.value)
        optional = isinstance(kind, Call) and kind.function == "optional"
        inner = kind.arguments[0] if optional and isinstance(kind, Call) and kind.arguments else kind
        if made.get(name) is None and optional and isinstance(kind, Call):
            made[name] = _constant(kind.arguments[1]) if len(kind.arguments) > 1 else None
        made[name] = conform(made.get(name), inner, depth - 1)
    return made


def _constant(expression: Expression) -> Value:
    if isinstance(expression, Literal):
        return expression.value
    if isinstance(expression, Tuple):
        return [_constant(item) for item in expression.items]
    if isinstance(expression, Object):
        return {str(_constant(key)): _constant(one) for key, one in expression.items}
    return None


def kind_of_type(declared: Expression) -> str:
    """Return the outermost word of a variable's ``type``: ``list``, ``object``, ``string``; empty for another."""
    if isinstance(declared, JsonValue):
        text = declared.value.removeprefix("${") if isinstance(declared.value, str) else ""
        return text.split("(")[0].removesuffix("}").strip()
    if isinstance(declared, Literal):  # as it was written before Terraform 0.12
        return str(declared.value)
    return declared.function if isinstance(declared, Call) else getattr(declared, "name", "")


def is_list_type(declared: Expression) -> bool:
    """Tell whether a variable's ``type`` is a list or tuple."""
    return kind_of_type(declared) in ("list", "tuple")
