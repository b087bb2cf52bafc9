"""Steps into a value: an attribute of a resource or object, an item of a list."""

from __future__ import annotations

from typing import Any

from tercet.preflight.evaluation.answers import answer
from tercet.preflight.evaluation.scope import (
    BlockValue,
    ManyValue,
    ModuleValue,
    Namespace,
    ResourceValue,
    unknown_from,
)
from tercet.preflight.values import Encoded, Reference, Template, Text, Unknown, Value


def step(value: Value, name: str | int | float) -> Value:
    """Return an attribute or an item of a value."""
    if isinstance(value, Namespace):
        return value.lookup(str(name))
    if isinstance(value, ResourceValue):
        return _resource_attribute(value.resource, str(name))
    if isinstance(value, ManyValue):
        return ResourceValue(value.resource)
    if isinstance(value, ModuleValue):
        return value.lookup(str(name))
    if isinstance(value, Reference):
        whole = isinstance(name, int) or (isinstance(name, str) and name.isdigit() and len(name) < 10)
        return value.then(int(name) if whole else str(name))
    if isinstance(value, Unknown):
        return value
    if isinstance(value, dict):
        if str(name) in value:
            return value[str(name)]
        if isinstance(value, BlockValue):
            return unknown_from(f"{name!r} of a block is known only after apply", value)
        return Unknown(f"there is no {str(name)!r} in it")
    if isinstance(value, list):
        return _item(value, name)
    return unknown_from(f"{name!r} of this is not known", value)


def _item(value: list[Value], name: str | int | float) -> Value:
    try:
        position = int(name)
    except (ValueError, OverflowError):
        # A block that may stand once is a list of one, and may be spoken of without the index in the JSON syntax.
        return step(value[0], name) if len(value) == 1 else Unknown(f"there is no {name!r} in a list")
    if 0 <= position < len(value):
        return value[position]
    return Unknown(f"there is no item {position} in a list of {len(value)}")


def _resource_attribute(resource: Any, name: str) -> Value:
    reference = Reference(resource.address, (name,))
    if (answered := answer(resource, name)) is not None:
        return Text(answered, (reference,))
    value = resource.values.get(name)
    if value is None:
        return reference
    if isinstance(value, str):
        came_from = value.references if isinstance(value, Text) else ()
        return Text(value, (reference, *came_from))
    if isinstance(value, Reference | Template | Unknown | Encoded):
        return reference
    if isinstance(value, list):
        return [BlockValue(one) if type(one) is dict else one for one in value]
    return value
