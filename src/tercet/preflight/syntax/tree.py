"""The tree that both syntaxes are read into: expressions, bodies, and what one folder declares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from tercet.preflight.findings import Source


@dataclass(frozen=True, slots=True)
class Literal:
    """A known value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Joined:
    """A template with parts: literals and interpolations."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """The first name of a traversal: ``var``, ``local``, ``aws_vpc``, ``each``."""

    name: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """``value.name``."""

    value: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """``value[key]``."""

    value: Expression
    key: Expression


@dataclass(frozen=True, slots=True)
class Splat:
    """``value[*].a.b``: the steps after the star are applied to each item."""

    value: Expression
    each: Expression
    """An expression over the name ``*``, which is the item."""


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; `spread` tells that the last argument ends with ``...``."""

    function: str
    arguments: tuple[Expression, ...]
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """A unary or binary operation."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """``condition ? yes : no``."""

    condition: Expression
    yes: Expression
    no: Expression


@dataclass(frozen=True, slots=True)
class Tuple:
    """``[a, b]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """``{ a = b }``; a bare name as a key is a literal."""

    items: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class For:
    """``[for k, v in c : x if y]`` or, with a key, ``{for k, v in c : k => x...}``."""

    key_name: str | None
    value_name: str
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    grouped: bool


@dataclass(frozen=True, slots=True)
class Opaque:
    """What is not evaluated, such as a template's ``for`` directive; the expressions in it are kept for references."""

    because: str
    inside: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class JsonValue:
    """A value of the JSON syntax, whose strings are templates."""

    value: Any


Expression: TypeAlias = (
    Literal
    | Joined
    | Name
    | Attribute
    | Index
    | Splat
    | Call
    | Operation
    | Conditional
    | Tuple
    | Object
    | For
    | Opaque
    | JsonValue
)


@dataclass(slots=True)
class Body:
    """What stands between the braces of a block."""

    attributes: dict[str, Expression] = field(default_factory=dict)
    blocks: list[BlockSyntax] = field(default_factory=list)

    def blocks_of(self, kind: str) -> list[BlockSyntax]:
        """Return the blocks of one type."""
        return [block for block in self.blocks if block.type == kind]


@dataclass(slots=True)
class BlockSyntax:
    """One block: ``resource "aws_vpc" "main" { … }``."""

    type: str
    labels: tuple[str, ...]
    body: Body
    source: Source
    comment: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ModuleSyntax:
    """Everything that the files of one folder declare.

    Parameters
    ----------
    folder
        Where local modules and files are looked for; None where the input is no folder (standard input).
    blocks
        All top-level blocks, in the order of files and lines.
    values
        Values for variables, from ``terraform.tfvars`` and ``*.auto.tfvars``.
    """

    folder: Path | None = None
    blocks: list[BlockSyntax] = field(default_factory=list)
    values: dict[str, Expression] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Tell whether all of it was read: what is not declared here is declared nowhere."""
        return bool(self.blocks) and not self.warnings

    def of_type(self, kind: str) -> list[BlockSyntax]:
        """Return the top-level blocks of one type."""
        return [block for block in self.blocks if block.type == kind]
