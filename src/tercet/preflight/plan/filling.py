"""Brings together what a plan knows of an argument and what its configuration refers to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tercet.preflight.knowledge.schema import BlockSchema
from tercet.preflight.plan.expressions import Place, references
from tercet.preflight.values import Reference, Text, Unknown, Value

MAX_DEPTH: Final = 60
_LISTS: Final = ("list(", "set(")


@dataclass(frozen=True, slots=True)
class Filler:
    """Fills the arguments of one resource instance.

    Parameters
    ----------
    place
        Where the resource stands in the configuration.
    instances
        Address without an index → the addresses of all instances.
    """

    place: Place
    instances: Callable[[str], list[str]]

    def block(
        self, values: Mapping[str, Any], unknown: Any, expressions: Any, schema: BlockSchema | None, depth: int = 0
    ) -> dict[str, Value]:
        """Fill a resource or a block.

        Arguments that are computed and that the configuration does not set are left out: they say nothing of it.
        """
        unknowns = unknown if isinstance(unknown, dict) else {}
        stated = expressions if isinstance(expressions, dict) else {}
        filled: dict[str, Value] = {}
        for name in {**dict.fromkeys(values), **dict.fromkeys(unknowns)}:
            value = self.value(values.get(name), unknowns.get(name), stated.get(name), _inner(schema, name), depth + 1)
            if value is None or (name not in stated and _is_nothing(value)):
                continue
            if isinstance(stated, _Everywhere) and value == "":
                continue
            filled[name] = value
        return filled

    def value(self, value: Any, unknown: Any, expression: Any, schema: Any, depth: int) -> Value:
        """Fill one argument."""
        if depth > MAX_DEPTH:
            return Unknown("it is nested too deeply")
        if unknown is True:
            return self._unknown(expression, schema)
        if isinstance(value, dict) or isinstance(unknown, dict):
            block = schema if isinstance(schema, BlockSchema) else None
            return self.block(value or {}, unknown, _spread(expression), block, depth)
        if isinstance(value, list) or isinstance(unknown, list):
            return self._list(value or [], unknown, expression, schema, depth)
        if isinstance(value, str) and not isinstance(expression, _Spread):
            found = references(expression, self.place)
            return Text(value, tuple(found)) if found else value
        return value

    def _list(self, value: list[Any], unknown: Any, expression: Any, schema: Any, depth: int) -> Value:
        unknowns = unknown if isinstance(unknown, list) else []
        length = max(len(value), len(unknowns))
        made = [
            self.value(_at(value, at), _at(unknowns, at), _expression_at(expression, at), schema, depth + 1)
            for at in range(length)
        ]
        if made and all(isinstance(one, Unknown | Reference) for one in made):
            targets = self._targets(expression)
            if len(targets) == length:
                return targets
        return made

    def _unknown(self, expression: Any, schema: Any) -> Value:
        found = references(expression, self.place)
        if isinstance(schema, str) and schema.startswith(_LISTS) and (targets := self._targets(expression)):
            return targets
        if len(found) == 1 and found[0].path and not found[0].address.startswith("var."):
            return found[0]
        return Unknown("it is known only after apply", tuple(found))

    def _targets(self, expression: Any) -> list[Value]:
        """Return the items of a list of references: ``aws_subnet.a[*].id`` is written as ``aws_subnet.a`` alone."""
        found: list[Value] = []
        for reference in references(expression, self.place):
            if reference.address.startswith("var."):
                return []
            if reference.path:
                found.append(reference)
            else:
                found.extend(Reference(address, ("id",)) for address in self.instances(reference.address))
        return found


def _inner(schema: BlockSchema | None, name: str) -> Any:
    """Return the schema of an inner block, or the kind of an argument; None where nothing is known."""
    if schema is None:
        return None
    if (block := schema.blocks.get(name)) is not None:
        return block
    argument = schema.arguments.get(name)
    return argument.kind if argument is not None else None


def _is_nothing(value: Value) -> bool:
    """Tell whether a value that the configuration does not set is none: computed, or a type's zero."""
    return isinstance(value, Unknown | Reference) or (not value and not isinstance(value, bool))


def _spread(expression: Any) -> Any:
    """Give each key of a map that came from one expression that expression."""
    if isinstance(expression, dict) and isinstance(expression.get("references"), list):
        return _Everywhere(expression)
    return expression


class _Spread(dict[str, Any]):
    """The expression of a whole map or block, given for one key of it: what is known there did not come from it."""


class _Everywhere(dict[str, Any]):
    """A mapping that gives one expression for every name."""

    def __init__(self, expression: Mapping[str, Any]) -> None:
        super().__init__()
        self.expression = _Spread(references=expression["references"])

    def get(self, _name: str, _default: Any = None) -> Any:
        return self.expression

    def __contains__(self, name: object) -> bool:
        return True


def _at(items: list[Any], at: int) -> Any:
    return items[at] if at < len(items) else None


def _expression_at(expression: Any, at: int) -> Any:
    if isinstance(expression, list):
        return _at(expression, at)
    return expression if isinstance(expression, dict) else None
