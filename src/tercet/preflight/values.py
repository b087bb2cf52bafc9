"""What an argument's value can be, before anything is applied.

A value is plain Python where it is known (``None``, ``bool``, ``int``, ``float``, ``str``, ``list``, ``dict``), and one
of the classes here where it is not, or not wholly:

``Text``
    a known string that came from a reference, and remembers which;
``Reference``
    an attribute that exists only after apply, such as ``aws_kms_key.data.arn``;
``Template``
    a string of which parts are known;
``Encoded``
    JSON text, as of ``jsonencode``, with values inside that are not known;
``Unknown``
    anything else, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeAlias

Value: TypeAlias = Any
"""A known value or one of the classes below."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An attribute of another resource, known after apply.

    Parameters
    ----------
    address
        Of the resource instance (``module.a.aws_subnet.b[0]``), or of all of them where the index is not known
        (``aws_subnet.b[*]``).
    path
        The attribute and what follows it: ``("arn",)``, ``("names", 0)``.
    """

    address: str
    path: tuple[str | int, ...] = ()

    def then(self, step: str | int) -> Reference:
        """Return the reference one step further in."""
        return Reference(self.address, (*self.path, step))

    def __str__(self) -> str:
        """Write it as in Terraform."""
        return self.address + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)


class Text(str):
    """A known string that remembers the references it came from.

    It compares and hashes as the string it is.
    """

    __slots__ = ("references",)
    references: tuple[Reference, ...]

    def __new__(cls, text: str, references: tuple[Reference, ...] = ()) -> Text:
        """Make one of a string and where it came from."""
        made = super().__new__(cls, text)
        made.references = references
        return made


@dataclass(frozen=True, slots=True)
class Template:
    """A string of which parts are known: ``("orders-", Reference(...))``; its parts are strings and unknown values."""

    parts: tuple[Value, ...]

    @property
    def prefix(self) -> str:
        """The known text that it begins with."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""

    @property
    def suffix(self) -> str:
        """The known text that it ends with."""
        return self.parts[-1] if self.parts and isinstance(self.parts[-1], str) else ""

    @property
    def literal(self) -> str:
        """The known parts alone, in order."""
        return "".join(part for part in self.parts if isinstance(part, str))


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """JSON text of a structure that holds values not known before apply."""

    structure: Value


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value of which nothing is known but why, and what it depends on."""

    because: str
    references: tuple[Reference, ...] = ()


MAX_REFERENCES: Final = 1_000
"""References that one value remembers."""
MAX_WALK: Final = 200_000
"""Values looked at in one walk: structures share parts, and walking one may take exponentially long."""


_SCALARS: Final = frozenset((str, int, float, bool, type(None)))
"""Types of what most arguments are: nothing is in them that would have to be walked through."""


def is_known(value: Value) -> bool:
    """Tell whether a value is known through and through."""
    if not isinstance(value, list | dict):
        return not isinstance(value, Reference | Template | Encoded | Unknown)
    return not any(isinstance(one, Reference | Template | Encoded | Unknown) for one in walk(value))


def walk(value: Value) -> Iterator[Value]:
    """Go through a value and all inside it, itself first and what it shares once; at most `MAX_WALK` values."""
    left = MAX_WALK
    stack = [value]
    seen: set[int] = set()
    while stack and left:
        one = stack.pop()
        if isinstance(one, dict | list):
            if id(one) in seen:
                continue
            seen.add(id(one))
        left -= 1
        yield one
        if isinstance(one, dict):
            stack.extend(one.values())
        elif isinstance(one, list):
            stack.extend(one)
        elif isinstance(one, Template):
            stack.extend(part for part in one.parts if not isinstance(part, str))
        elif isinstance(one, Encoded):
            stack.append(one.structure)


def references_in(value: Value) -> list[Reference]:
    """List the references that a value is or holds, each once, in the order of the text."""
    if type(value) in _SCALARS:
        return []
    found: dict[Reference, None] = {}
    for one in walk(value):
        if isinstance(one, Reference):
            found[one] = None
        elif isinstance(one, Text | Unknown):
            found.update(dict.fromkeys(one.references))
    return list(found)


def shown(value: Value, longest: int = 120) -> str:
    """Write a value as a reader of the configuration would, at most `longest` characters of it."""
    return _cut(_shown(value, longest, _SHOWN_LEVELS), longest)


_SHOWN_LEVELS: Final = 4
_SHOWN_ITEMS: Final = 8


def _shown(value: Value, longest: int, levels: int) -> str:
    if isinstance(value, str):
        return value[: longest + 1]
    if isinstance(value, Reference):
        return str(value)
    if isinstance(value, Template):
        return "".join(_shown_part(part, levels) for part in value.parts[: longest + 1])
    if isinstance(value, Encoded):
        return "jsonencode(…)"
    if isinstance(value, Unknown):
        return "(known after apply)"
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, list | dict):
        return _shown_items(value, levels)
    return str(value)


def _shown_part(part: Value, levels: int) -> str:
    if isinstance(part, str):
        return part
    return f"${{{_cut(_shown(part, 120, levels - 1), 120) if levels else '…'}}}"


def _shown_items(value: list[Value] | dict[str, Value], levels: int) -> str:
    opening, closing = "[]" if isinstance(value, list) else "{}"
    if value and not levels:
        return f"{opening}…{closing}"
    items: Iterator[tuple[str, Value]] = (
        (("", one) for one in value) if isinstance(value, list) else ((f"{key} = ", one) for key, one in value.items())
    )
    inside = [before + _cut(_shown(one, 40, levels - 1), 40) for before, one in islice(items, _SHOWN_ITEMS)]
    return opening + ", ".join(inside) + (", …" if len(value) > _SHOWN_ITEMS else "") + closing


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
