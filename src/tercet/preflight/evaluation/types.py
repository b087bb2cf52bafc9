"""Converts a variable's value to its declared type: defaults of optional attributes, above all."""

from __future__ import annotations

from typing import Final

from tercet.preflight.evaluation.evaluate import value_of
from tercet.preflight.evaluation.scope import Scope, SetValue
from tercet.preflight.syntax import hcl
from tercet.preflight.syntax.tree import Call, Expression, JsonValue, Literal, Name, Object
from tercet.preflight.values import Value

_MAX_DEPTH: Final = 20


def conform(value: Value, declared: Expression | None, scope: Scope) -> Value:
    """Give objects the attributes that their declared type has and they lack: the default, or null.

    Parameters
    ----------
    value
        As it was given.
    declared
        The variable's ``type``.
    scope
        In which the defaults, which are constants, are evaluated.
    """
    return value if declared is None else _conform(value, _as_written(declared), scope, _MAX_DEPTH)


def _as_written(declared: Expression) -> Expression:
    """Return a type that stands in a string as the expression that it is.

    Strings are those of the JSON syntax, and of HCL before Terraform 0.12.
    """
    text = declared.value if isinstance(declared, JsonValue | Literal) else None
    if not isinstance(text, str):
        return declared
    return hcl.template(text) if text.startswith("${") else hcl.expression(text)


def _conform(value: Value, declared: Expression, scope: Scope, depth: int) -> Value:
    if value is None or not depth:
        return value
    if not isinstance(declared, Call) or not declared.arguments:
        return _scalar(value, declared)
    inner = declared.arguments[0]
    if declared.function == "object" and isinstance(inner, Object) and isinstance(value, dict):
        return _object(value, inner, scope, depth)
    if declared.function == "map" and isinstance(value, dict):
        return {key: _conform(one, inner, scope, depth - 1) for key, one in value.items()}
    if declared.function in ("list", "set") and isinstance(value, list):
        items = (_conform(one, inner, scope, depth - 1) for one in value)
        return SetValue(items) if declared.function == "set" else list(items)
    return value


def _scalar(value: Value, declared: Expression) -> Value:
    if isinstance(declared, Name) and isinstance(value, str):
        if declared.name == "number" and value.lstrip("-").isdigit() and len(value) < 300:
            return int(value)
        if declared.name == "bool" and value in ("true", "false"):
            return value == "true"
    return value


def _object(value: dict[str, Value], declared: Object, scope: Scope, depth: int) -> Value:
    made = dict(value)
    for key, kind in declared.items:
        if not isinstance(key, Literal):
            continue
        name = str(key.value)
        optional = isinstance(kind, Call) and kind.function == "optional"
        inner = kind.arguments[0] if optional and isinstance(kind, Call) and kind.arguments else kind
        if made.get(name) is None and optional and isinstance(kind, Call):
            made[name] = value_of(kind.arguments[1], scope) if len(kind.arguments) > 1 else None
        made[name] = _conform(made.get(name), inner, scope, depth - 1)
    return made


def kind_of_type(declared: Expression) -> str:
    """Return the outermost word of a variable's ``type``: ``list``, ``object``, ``string``; empty for another."""
    written = _as_written(declared)
    return written.function if isinstance(written, Call) else getattr(written, "name", "")


def is_list_type(declared: Expression) -> bool:
    """Tell whether a variable's ``type`` is a list or tuple."""
    return kind_of_type(declared) in ("list", "tuple")
