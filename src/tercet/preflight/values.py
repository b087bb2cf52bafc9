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


MAX_WALK: Final = 200_000
"""Values looked at in one walk: structures share parts, and walking one may take exponentially long."""


def is_known(value: Value) -> bool:
    """Tell whether a value is known through and through."""
    return not any(isinstance(one, Reference | Template | Encoded | Unknown) for one in walk(value))


def walk(value: Value) -> Iterator[Value]:
    """Go through a value and everything inside it, itself first; at most `MAX_WALK` values."""
    left = MAX_WALK
    stack = [value]
    while stack and left:
        left -= 1
        one = stack.pop()
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
    found: dict[Reference, None] = {}
    for one in walk(value):
        if isinstance(one, Reference):
            found[one] = None
        elif isinstance(one, Text | Unknown):
            found.update(dict.fromkeys(one.references))
    return list(found)


def shown(value: Value, longest: int = 120) -> str:
    """Write a value as a reader of the configuration would, at most `longest` characters of it."""
    if isinstance(value, Reference):
        text = str(value)
    elif isinstance(value, Template):
        text = "".join(part if isinstance(part, str) else f"${{{shown(part)}}}" for part in value.parts)
    elif isinstance(value, Encoded):
        text = "jsonencode(…)"
    elif isinstance(value, Unknown):
        text = "(known after apply)"
    elif isinstance(value, bool):
        text = str(value).lower()
    elif value is None:
        text = "null"
    elif isinstance(value, list):
        text = "[" + ", ".join(shown(one, 40) for one in value[:8]) + (", …" if len(value) > 8 else "") + "]"
    elif isinstance(value, dict):
        inside = ", ".join(f"{key} = {shown(one, 40)}" for key, one in list(value.items())[:8])
        text = f"{{{inside}{', …' if len(value) > 8 else ''}}}"
    else:
        text = str(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"
