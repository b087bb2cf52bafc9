"""The arguments of a resource or block, and what is known of each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tercet.preflight.documents import decode
from tercet.preflight.values import (
    Encoded,
    Reference,
    Template,
    Unknown,
    Value,
    is_known,
    references_in,
    shown,
)

if TYPE_CHECKING:
    from tercet.preflight.graph.resource import Resource


class Undecidable(Exception):  # noqa: N818  (an answer, and no error: the engine reports it)
    """A rule asked for something that is not known before apply."""

    def __init__(self, what: str, because: str) -> None:
        super().__init__(f"{what}: {because}")
        self.what = what
        self.because = because


class Block:
    """Arguments of a resource, or of one block inside it.

    Parameters
    ----------
    owner
        The resource that it belongs to.
    path
        Where in the resource, such as ``rule[0].lifecycle``; empty for the resource itself.
    values
        Argument or block → value. A block is a dictionary, or a list of them.
    """

    __slots__ = ("owner", "path", "values")

    def __init__(self, owner: Resource, path: str, values: Mapping[str, Value]) -> None:
        self.owner = owner
        self.path = path
        self.values = values

    def value(self, name: str) -> Value:
        """Return the value as it is, known or not; None where it is absent or null."""
        return self.values.get(name)

    def has(self, name: str) -> bool:
        """Tell whether it is given at all: a value that is not known counts, null and empty lists do not."""
        value = self.values.get(name)
        return value is not None and value != []

    def text(self, name: str, default: str | None = None) -> str | None:
        """Return a known string, or `default` where it is absent.

        Raises
        ------
        Undecidable
            It is there and not known, wholly or in part.
        """
        value = self._known(name)
        if value is None:
            return default
        return value if isinstance(value, str) else shown(value, 10_000)

    def number(self, name: str, default: float | None = None) -> float | None:
        """Return a known number (a string of digits counts, as it does for Terraform), or `default` where it is absent.

        Raises
        ------
        Undecidable
            It is not known, or no number.
        """
        value = self._known(name)
        if value is None:
            return default
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise Undecidable(self.named(name), f"{shown(value)} is no number") from None
        if not math.isfinite(number):
            raise Undecidable(self.named(name), f"{shown(value)} is no number that anything can be")
        return int(number) if number.is_integer() and abs(number) < 2**53 else number

    def flag(self, name: str, default: bool | None = None) -> bool | None:
        """Return a known truth value (``"true"`` counts, as it does for Terraform), or `default` where it is absent.

        Raises
        ------
        Undecidable
            It is not known, or neither true nor false.
        """
        value = self._known(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return bool(value == "true")
        raise Undecidable(self.named(name), f"{shown(value)} is neither true nor false")

    def items(self, name: str) -> list[Value]:
        """Return the items of a list or set, each known or not; a single value counts as a list of one.

        Raises
        ------
        Undecidable
            How many there are is not known.
        """
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        if isinstance(value, Unknown | Reference | Encoded | Template):
            raise Undecidable(self.named(name), _why(value))
        return [value]

    def texts(self, name: str) -> list[str]:
        """Return the items of a list of strings, all of them known.

        Raises
        ------
        Undecidable
            One of them is not known.
        """
        for item in (items := self.items(name)):
            if not is_known(item):
                raise Undecidable(self.named(name), _why(item))
        return [item if isinstance(item, str) else shown(item, 10_000) for item in items]

    def mapping(self, name: str) -> Mapping[str, Value]:
        """Return a map, whose values may be unknown; empty where it is absent.

        Raises
        ------
        Undecidable
            Its keys are not known.
        """
        value = self.values.get(name)
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            return value[0]
        raise Undecidable(self.named(name), _why(value))

    def blocks(self, name: str) -> list[Block]:
        """Return the blocks, or the objects of an argument, of this name.

        Raises
        ------
        Undecidable
            How many there are is not known.
        """
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, dict):
            return [Block(self.owner, self._inside(name), value)]
        if isinstance(value, list):
            found = []
            for index, item in enumerate(value):
                if isinstance(item, dict):
                    found.append(Block(self.owner, self._inside(f"{name}[{index}]"), item))
                elif item is not None:
                    raise Undecidable(self.named(name), _why(item))
            return found
        raise Undecidable(self.named(name), _why(value))

    def block(self, name: str) -> Block | None:
        """Return the first block of this name, or None.

        Raises
        ------
        Undecidable
            Whether there is one is not known.
        """
        found = self.blocks(name)
        return found[0] if found else None

    def references(self, name: str) -> list[Reference]:
        """List the references that the value is, holds, or came from."""
        return references_in(self.values.get(name))

    def targets(self, name: str, *types: str) -> list[Resource]:
        """Return the resources, of these types, that the value refers to.

        A literal finds the one resource of these types that is known by it (its name, bucket, or identifier).
        """
        return self.owner.graph.resolve(self.values.get(name), types)

    def target(self, name: str, *types: str) -> Resource | None:
        """Return the first resource, of these types, that the value refers to; None where it refers to none."""
        found = self.targets(name, *types)
        return found[0] if found else None

    def document(self, name: str) -> Value:
        """Return the structure of JSON text (a policy, a pattern, a definition); parts of it may be unknown.

        It is None where the argument is absent or is not JSON text.

        Raises
        ------
        Undecidable
            Nothing of the text is known.
        """
        value = self.values.get(name)
        if value is None:
            return None
        decoded = decode(value)
        if isinstance(decoded, Unknown | Reference):
            raise Undecidable(self.named(name), _why(decoded))
        return decoded

    def named(self, name: str) -> str:
        """Return an argument's name from the resource on: ``rule[0].lifecycle.delete_after``."""
        return self._inside(name)

    def shown(self, name: str) -> str:
        """Write an argument's value for a message."""
        return shown(self.values.get(name))

    def _inside(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _known(self, name: str) -> Any:
        value = self.values.get(name)
        if value is None or isinstance(value, str | int | float | bool):
            return value
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str | int | float | bool):
            return value[0]
        raise Undecidable(self.named(name), _why(value))


def _why(value: Value) -> str:
    if isinstance(value, Unknown):
        return value.because
    if isinstance(value, Reference):
        return f"{value} is known only after apply"
    for reference in references_in(value):
        return f"{reference} is known only after apply"
    return f"{shown(value)} is not what is expected here"
