"""What names mean where an expression stands, and how much evaluating is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from tercet.preflight.graph import Resource
from tercet.preflight.syntax.tree import Expression
from tercet.preflight.values import MAX_REFERENCES, Reference, Template, Unknown, Value, references_in, walk

MAX_DEPTH: Final = 90
"""Evaluations inside one another; each takes a few of Python's frames."""
MAX_STEPS: Final = 4_000_000
"""Evaluations in all, and what else takes as long as one: for expressions can multiply."""
MAX_ITEMS: Final = 20_000
"""Items of a list that an expression makes."""
MAX_TEXT: Final = 4_000_000
"""Characters of a string that an expression makes."""
MAX_PARTS: Final = 10_000
"""Parts of a string of which not all are known."""
MAX_VALUES: Final = 150_000
"""Values inside one argument, each counted as often as it stands there: locals that hold one another can double."""
MAX_LEVELS: Final = 100
"""Levels of nesting of one argument's value."""
MAX_EXPANDED: Final = 20_000
"""Instances that counts and keys make in all: beyond, one stands for all."""
_CHARACTERS_PER_STEP: Final = 64
_REMEMBERED: Final = 1_000


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


class BlockValue(dict[str, Value]):
    """A block of a resource, which has attributes beside those that are written: AWS says them."""

    __slots__ = ()


class SetValue(list[Value]):
    """The items of a set, which have no index: a ``for`` over them has each item as its key, too."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Namespace:
    """What stands before a dot and is no value: ``var``, ``local``, ``data``, ``aws_vpc``."""

    lookup: Callable[[str], Value]


class Names(Protocol):
    """What a module gives its expressions."""

    def root(self, name: str) -> Value:
        """Return what the first name of a traversal means, `Unknown` where it means nothing."""

    def undeclared(self, name: str, why: str = "") -> None:
        """Keep that an expression speaks of something that is not there."""

    def local_expression(self, name: str) -> Expression | None:
        """Return what a local value is declared as."""


@dataclass
class Budget:
    """How much evaluating is left, and how deep it is at the moment."""

    steps: int = MAX_STEPS
    depth: int = 0
    speculative: int = 0
    """Inside how many expressions it is whose errors do not count: those that ``try`` is given, above all."""
    instances: int = MAX_EXPANDED
    _weights: dict[int, tuple[Value, int]] = field(default_factory=dict)
    """Identity of a list or map → itself, so that it stays the one of that identity, and its weight."""

    def spend(self, *values: Value) -> bool:
        """Pay for going through values, and tell whether there was enough left to pay with."""
        for value in values:
            if isinstance(value, str):
                self.steps -= len(value) // _CHARACTERS_PER_STEP
            elif isinstance(value, Template):
                self.steps -= len(value.parts)
            elif isinstance(value, list | dict):
                self.steps -= self._weight(value)
        return self.steps > 0

    def expand(self, instances: int) -> bool:
        """Take so many instances, and tell whether there were enough left."""
        if instances > self.instances:
            return False
        self.instances -= instances
        return True

    def _weight(self, value: Value) -> int:
        if (known := self._weights.get(id(value))) is not None:
            return known[1]
        weight = sum(1 + (len(one) // _CHARACTERS_PER_STEP if isinstance(one, str) else 0) for one in walk(value))
        if weight > _CHARACTERS_PER_STEP:
            if len(self._weights) >= _REMEMBERED:
                self._weights.clear()
            self._weights[id(value)] = (value, weight)
        return weight


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
    found: dict[Reference, None] = {}
    for value in values:
        if isinstance(value, ResourceValue | ManyValue):
            found[Reference(value.resource.address)] = None
        else:
            found.update(dict.fromkeys(references_in(plain(value))))
    return Unknown(because, tuple(found)[:MAX_REFERENCES])


def is_failure(value: Value) -> bool:
    """Tell whether a value is that of an expression that fails: what is made of it fails, too."""
    return isinstance(value, Unknown) and value.because.startswith("there is no ")


def plain(value: Value) -> Value:
    """Return a value as an argument holds it: whole resources become references to them.

    It is unknown where it is larger than anything that somebody wrote.
    """
    if not isinstance(value, list | dict):
        return _leaf(value)
    made: dict[int, tuple[Value, int]] = {}
    result, values = _plain(value, made, MAX_LEVELS)
    return Unknown("it is too large") if values > MAX_VALUES else result


def _leaf(value: Value) -> Value:
    if isinstance(value, ResourceValue | ManyValue):
        return Reference(value.resource.address)
    if isinstance(value, ModuleValue | Namespace):
        return Unknown("a name that is no value of its own")
    return value


def _plain(value: Value, made: dict[int, tuple[Value, int]], levels: int) -> tuple[Value, int]:
    """Return a list or map as an argument holds it, and how many values are inside; what is shared stays shared."""
    if (known := made.get(id(value))) is not None:
        return known
    if not levels:
        return Unknown("it is nested too deeply"), 1
    inside = value.values() if isinstance(value, dict) else value
    if any(_is_inner(one) for one in inside):
        values, new = 1, []
        for one in inside:
            inner, more = _plain(one, made, levels - 1) if isinstance(one, list | dict) else (_leaf(one), 1)
            values += more
            new.append(inner)
        result: Value = dict(zip(value, new, strict=True)) if isinstance(value, dict) else type(value)(new)
    else:
        result, values = value, 1 + len(value)
    made[id(value)] = (result, values)
    return result, values


def _is_inner(value: Value) -> bool:
    return isinstance(value, ResourceValue | ManyValue | ModuleValue | Namespace | list | dict)
