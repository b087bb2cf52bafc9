"""The AWS provider's schema: which arguments and blocks a resource type has, in 5.x and in 6.x.

The data is of 5.100.0, the last 5.x, and of one 6.x; `tools/knowledge/aws_schema.py` writes it and describes its form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

from tercet.preflight.knowledge.dated import DATA

FILE: Final = "aws_schema.jsonl"
GENERATIONS: Final = (5, 6)
"""Major versions of the provider that the data knows."""

_LINE: Final = re.compile(rb'^\{"mode":"(managed|data)","type":"(\w+)"', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Argument:
    """An attribute of a resource or block.

    Parameters
    ----------
    name
        As in the configuration.
    kind
        ``string``, ``number``, ``bool``, ``list(string)``, ``map(string)``, ``set(object)``, ``any`` and so on.
    flags
        Generation → its flags: ``r``equired, ``o``ptional, ``c``omputed, ``d``eprecated, ``w``rite-only. A generation
        that does not know the attribute is not in it.
    """

    name: str
    kind: str
    flags: Mapping[int, str]

    def known(self, generation: int) -> bool:
        """Tell whether the generation knows the name at all."""
        return generation in self.flags

    def settable(self, generation: int) -> bool:
        """Tell whether a configuration may set it."""
        return any(flag in self.flags.get(generation, "") for flag in "ro")

    def required(self, generation: int) -> bool:
        """Tell whether a configuration must set it."""
        return "r" in self.flags.get(generation, "")

    def computed(self, generation: int) -> bool:
        """Tell whether the provider gives it a value where a configuration does not."""
        return "c" in self.flags.get(generation, "")

    def deprecated(self, generation: int) -> bool:
        """Tell whether it is marked as deprecated; what 6.x alone has deprecated is not known."""
        return "d" in self.flags.get(generation, "")


class BlockSchema:
    """The arguments and blocks that may stand in a resource, or in one block inside it."""

    def __init__(self, known: str, attributes: Mapping[str, str], blocks: Mapping[str, Any], shared: list[Any]) -> None:
        self.generations: Final = {"5": (5,), "6": (6,)}.get(known[:1], GENERATIONS)
        self._attributes = attributes
        self._blocks = blocks
        self._shared = shared
        self._settable: dict[str, frozenset[int]] = {}
        self._required: dict[tuple[int, ...], tuple[str, ...]] = {}

    @cached_property
    def arguments(self) -> Mapping[str, Argument]:
        """Name → attribute, those that are only computed too."""
        return {name: _argument(name, said, self.generations) for name, said in self._attributes.items()}

    @cached_property
    def blocks(self) -> Mapping[str, NestedBlock]:
        """Name → block."""
        return {name: NestedBlock(name, said, self._shared) for name, said in self._blocks.items()}

    def settable_in(self, name: str) -> frozenset[int]:
        """Return the generations in which a configuration may say something under this name."""
        if name not in self._settable:
            argument, nested = self.arguments.get(name), self.blocks.get(name)
            found = {one for one in argument.flags if argument.settable(one)} if argument else set()
            self._settable[name] = frozenset(found | set(nested.generations if nested else ()))
        return self._settable[name]

    def required_in(self, generations: tuple[int, ...]) -> tuple[str, ...]:
        """Return the arguments that every one of these generations requires."""
        if generations not in self._required:
            arguments = self.arguments.items() if generations else ()
            self._required[generations] = tuple(
                name for name, argument in arguments if all(map(argument.required, generations))
            )
        return self._required[generations]

    def names(self, generations: Iterable[int]) -> list[str]:
        """Return every name that a configuration of one of these generations may set, sorted."""
        wanted = tuple(generations)
        return sorted(
            [name for name, one in self.arguments.items() if any(map(one.settable, wanted))]
            + [name for name, one in self.blocks.items() if set(wanted) & set(one.generations)]
        )

    def at(self, path: str) -> BlockSchema | None:
        """Return the block at ``rule.lifecycle``, counted from here; None where there is none."""
        here: BlockSchema | None = self
        for name in path.split(".") if path else ():
            here = here.blocks.get(name) if here else None
        return here


class NestedBlock(BlockSchema):
    """A block inside a resource.

    Attributes
    ----------
    name
        As in the configuration.
    nesting
        ``list``, ``set`` or ``single``.
    min_items, max_items
        How many there must and may be; 0: no limit.
    deprecated
        Whether 5.x marks it so.
    """

    def __init__(self, name: str, said: list[Any], shared: list[Any]) -> None:
        nesting, at_least, at_most, known, *contents = said
        attributes, blocks = [*contents, {}][:2] if not isinstance(contents[0], int) else shared[contents[0]]
        super().__init__(known, attributes, blocks, shared)
        self.name = name
        self.nesting: str = nesting
        self.min_items: int = at_least
        self.max_items: int = at_most
        self.deprecated = known.endswith("d")


class ResourceSchema(BlockSchema):
    """A resource or data source type.

    Attributes
    ----------
    type, mode
        As in the configuration; the mode is ``managed`` or ``data``.
    """

    def __init__(self, said: Mapping[str, Any]) -> None:
        super().__init__(said["known"], said["attributes"], said["blocks"], said.get("shared", []))
        self.type: str = said["type"]
        self.mode: str = said["mode"]


@cache
def schema_of(type: str, mode: str = "managed") -> ResourceSchema | None:
    """Return the schema of a resource type (or, with mode ``data``, of a data source); None where none is known."""
    where = _index().get((mode, type))
    if where is None:
        return None
    with (DATA / FILE).open("rb") as file:
        file.seek(where[0])
        return ResourceSchema(json.loads(file.read(where[1] - where[0])))


def types(mode: str = "managed") -> list[str]:
    """Return every type of the provider, sorted."""
    return [name for of, name in _index() if of == mode]


@cache
def versions() -> Mapping[int, str]:
    """Return which version of each generation the data is of."""
    with (DATA / FILE).open("rb") as file:
        return {int(major): version for major, version in json.loads(file.readline())["versions"].items()}


@cache
def _index() -> Mapping[tuple[str, str], tuple[int, int]]:
    """Find where each type's line stands, without reading what it says."""
    data = (DATA / FILE).read_bytes()
    found = list(_LINE.finditer(data))
    ends = [match.start() for match in found[1:]] + [len(data)]
    return {(one[1].decode(), one[2].decode()): (one.start(), end) for one, end in zip(found, ends, strict=True)}


def _argument(name: str, said: str, generations: tuple[int, ...]) -> Argument:
    kind, _, flags = said.rpartition(" ")
    before, slash, after = flags.partition("/")
    each = {5: before, 6: after if slash else before}
    return Argument(name, kind, {one: each[one] for one in generations if each[one] != "-"})
