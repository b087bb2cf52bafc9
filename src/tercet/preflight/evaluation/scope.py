"""What names mean where an expression stands, and how much evaluating is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from tercet.preflight.graph import Resource
from tercet.preflight.values import Reference, Unknown, Value

MAX_DEPTH: Final = 90
"""Evaluations inside one another; each takes a few of Python's frames."""
MAX_STEPS: Final = 30_000_000
"""Evaluations in all: for expressions can multiply."""
MAX_ITEMS: Final = 20_000
"""Items of a list that an expression makes."""
MAX_TEXT: Final = 4_000_000
"""Characters of a string that an expression makes."""


@dataclass(frozen=True, slots=True, eq=False)
class ResourceValue:
    """A whole resource as the value of an expression: ``aws_vpc.main``."""

    resource: Resource


@dataclass(frozen=True, slots=True, eq=False)
class ManyValue:
    """The instances of a resource of which the number is not known; one stands for all."""

    resource: Resource


@dataclass(frozen=True, slots=True, eq=False)
class ModuleValue:
    """The outputs of a module call; looked up one by one, so that modules may refer to one another both ways."""

    lookup: Callable[[str], Value]


@dataclass(frozen=True, slots=True, eq=False)
class Namespace:
    """What stands before a dot and is no value: ``var``, ``local``, ``data``, ``aws_vpc``."""

    lookup: Callable[[str], Value]


class Names(Protocol):
    """What a module gives its expressions."""

    def root(self, name: str) -> Value:
        """Return what the first name of a traversal means, `Unknown` where it means nothing."""


@dataclass
class Budget:
    """How much evaluating is left, and how deep it is at the moment."""

    steps: int = MAX_STEPS
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands.

    Parameters
    ----------
    names
        The module.
    budget
        Shared by the whole configuration.
    own
        Names of the place itself: ``each``, ``count``, a for expression's, a dynamic block's.
    """

    names: Names
    budget: Budget
    own: Mapping[str, Any] = field(default_factory=dict)

    def with_names(self, **names: Value) -> Scope:
        """Return a scope that knows more names."""
        return Scope(self.names, self.budget, {**self.own, **names})

    def root(self, name: str) -> Value:
        """Return what a name means here."""
        if name in self.own:
            return self.own[name]
        return self.names.root(name)


def unknown_from(because: str, *values: Value) -> Unknown:
    """Make an unknown value that depends on others."""
    from tercet.preflight.values import references_in

    found: dict[Reference, None] = {}
    for value in values:
        if isinstance(value, ResourceValue | ManyValue):
            found[Reference(value.resource.address)] = None
        else:
            found.update(dict.fromkeys(references_in(plain(value))))
    return Unknown(because, tuple(found)[:1000])


def plain(value: Value) -> Value:
    """Return a value as an argument holds it: whole resources become references to them."""
    if isinstance(value, ResourceValue | ManyValue):
        return Reference(value.resource.address)
    if isinstance(value, ModuleValue | Namespace):
        return Unknown("a name that is no value of its own")
    if isinstance(value, list):
        return [plain(one) for one in value] if any(_is_inner(one) for one in value) else value
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()} if any(map(_is_inner, value.values())) else value
    return value


def _is_inner(value: Value) -> bool:
    return isinstance(value, ResourceValue | ManyValue | ModuleValue | Namespace | list | dict)
