"""The types that the bindings annotate their arguments with, as far as they decide what may be passed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scalar:
    """`str`, `number` or `bool`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Ref:
    """A class: its package, which is empty for the same module, and its name."""

    package: str
    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    of: Type


@dataclass(frozen=True, slots=True)
class MapOf:
    """A mapping from text."""

    of: Type


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several types."""

    types: tuple[Type, ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """Nothing is known, or everything is allowed."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """None."""


Type = Scalar | Ref | ListOf | MapOf | AnyOf | Anything | Nothing
ANYTHING: Final = Anything()
NOTHING: Final = Nothing()
STR: Final = Scalar("str")
NUMBER: Final = Scalar("number")
BOOL: Final = Scalar("bool")


def alternatives(type_: Type) -> tuple[Type, ...]:
    """Flatten a union."""
    if not isinstance(type_, AnyOf):
        return (type_,)
    return tuple(dict.fromkeys(one for part in type_.types for one in alternatives(part)))


def without_none(type_: Type) -> tuple[Type, ...]:
    """Flatten a union and leave out None."""
    return tuple(one for one in alternatives(type_) if not isinstance(one, Nothing))
