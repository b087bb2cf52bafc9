"""Compares what one module declares with itself: what is declared twice, or both declared and said to be gone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from tercet.preflight.declarations import Refused
from tercet.preflight.evaluation.types import kind_of_type
from tercet.preflight.syntax.folder import is_override
from tercet.preflight.syntax.tree import (
    Attribute,
    BlockSyntax,
    Expression,
    Index,
    Joined,
    JsonValue,
    Literal,
    ModuleSyntax,
    Name,
    Object,
    Tuple,
)

_NAMED: Final = {"variable": "var", "output": "output", "module": "module"}
_MODES: Final = ("data", "ephemeral")


def refused_in_module(syntax: ModuleSyntax, prefix: str) -> Iterator[Refused]:
    """Tell what Terraform refuses of a module's declarations, wherever it is called.

    Parameters
    ----------
    syntax
        What its files declare.
    prefix
        Of addresses in it: ``module.a.``; empty for the root.
    """
    yield from _declared_twice(syntax, prefix)
    yield from _variables(syntax, prefix)
    yield from _moved(syntax, prefix)
    yield from _removed(syntax, prefix)
    if not prefix:
        yield from _imported(syntax)


def imported(syntax: ModuleSyntax) -> set[str]:
    """Return the addresses, without keys, of what exists already and is imported."""
    return {text.split("[")[0] for block in syntax.of_type("import") if (text := _text(block, "to"))}


def _declared_twice(syntax: ModuleSyntax, prefix: str) -> Iterator[Refused]:
    first: dict[str, BlockSyntax] = {}
    for block in syntax.blocks:
        for name in _names(block):
            before = first.setdefault(name, block)
            # The keys of a locals block are its own; a file for OpenTofu stands in for the one of the same name.
            if before is not block and not _stands_in(before, block):
                written = f"{before.source.file or ''}:{before.source.line}" if before.source.line else ""
                yield Refused("declared-twice", prefix + name, written, source=block.source)


def _variables(syntax: ModuleSyntax, prefix: str) -> Iterator[Refused]:
    for block in syntax.of_type("variable"):
        if not block.labels:
            continue
        name, address = block.labels[0], f"{prefix}var.{block.labels[0]}"
        if name in _RESERVED:
            yield Refused("variable-reserved", address, name, source=block.source)
        default, declared = block.body.attributes.get("default"), block.body.attributes.get("type")
        if default is None:
            continue
        if (reference := _reference(default)) is not None:
            yield Refused("default-reference", address, reference, source=block.source)
        elif declared is not None and (kind := kind_of_type(declared)) and not _may_be(default, kind):
            yield Refused("default-type", address, kind, source=block.source)


_RESERVED: Final = frozenset(
    ("source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals")
)
_COLLECTIONS: Final = {"list": list, "set": list, "tuple": list, "map": dict, "object": dict}


def _reference(default: Expression) -> str | None:
    """Return what a default refers to; one of the JSON syntax is a constant, whatever it says."""
    parts = default.parts if isinstance(default, Joined) else (default,)
    return next((text for one in parts if isinstance(one, Attribute) and (text := _address(one))), None)


def _may_be(default: Expression, kind: str) -> bool:
    """Tell whether a constant can be converted to a type; true where it is no constant."""
    if isinstance(default, Tuple | Object):
        value: object = [] if isinstance(default, Tuple) else {}
    elif isinstance(default, Literal | JsonValue):
        value = default.value
    else:
        return True
    if value is None or kind not in ("string", "number", "bool", *_COLLECTIONS):
        return True
    if kind in _COLLECTIONS:
        return isinstance(value, _COLLECTIONS[kind])
    if isinstance(value, list | dict):
        return False
    if kind == "number":
        return not isinstance(value, bool) and (not isinstance(value, str) or _NUMBER.fullmatch(value) is not None)
    return kind == "string" or isinstance(value, bool) or value in ("true", "false")


_NUMBER: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|0[xX][\da-fA-F]+")


def _names(block: BlockSyntax) -> Iterator[str]:
    labels = block.labels
    if block.source.file and is_override(PurePath(block.source.file)):
        return
    if block.type in ("resource", *_MODES) and len(labels) == 2:
        yield ".".join(labels if block.type == "resource" else (block.type, *labels))
    elif block.type in _NAMED and labels:
        yield f"{_NAMED[block.type]}.{labels[0]}"
    elif block.type == "provider" and labels:
        alias = block.body.attributes.get("alias")
        if alias is None or isinstance(text := getattr(alias, "value", None), str):
            yield f"provider.{labels[0]}" if alias is None else f"provider.{labels[0]}.{text}"
    elif block.type == "locals":
        yield from (f"local.{name}" for name in block.body.attributes)
    elif block.type == "terraform" and (
        block.body.blocks_of("required_providers") or "required_providers" in block.body.attributes
    ):
        yield "terraform.required_providers"


def _stands_in(one: BlockSyntax, other: BlockSyntax) -> bool:
    return len({".tofu" in (block.source.file or "") for block in (one, other)}) == 2


def _is_declared(syntax: ModuleSyntax, address: str) -> BlockSyntax | None:
    """Return the resource or module call of an address, if it has no key and stands once."""
    steps = address.split(".")
    kind, labels = ("module", steps[1:]) if steps[0] == "module" else ("resource", steps)
    found = [block for block in syntax.of_type(kind) if list(block.labels) == labels]
    return found[0] if found and not {"count", "for_each"} & found[0].body.attributes.keys() else None


def _moved(syntax: ModuleSyntax, prefix: str) -> Iterator[Refused]:
    came_from: dict[str, str] = {}
    went_to: dict[str, str] = {}
    for block in syntax.of_type("moved"):
        origin, to = _text(block, "from"), _text(block, "to")
        if not origin or not to:
            continue
        if origin == to:
            yield Refused("moved-to-itself", prefix + to, origin, source=block.source)
        elif came_from.setdefault(to, origin) != origin or went_to.setdefault(origin, to) != to:
            other = came_from[to] if came_from[to] != origin else went_to[origin]
            yield Refused("moved-ambiguously", prefix + to, f"{origin}, {other}", source=block.source)
        elif to.split("[")[0] != origin and _is_declared(syntax, origin) is not None:
            yield Refused("moved-still-there", prefix + origin, to, source=block.source)


def _removed(syntax: ModuleSyntax, prefix: str) -> Iterator[Refused]:
    for block in syntax.of_type("removed"):
        origin = _text(block, "from")
        steps = origin.split(".")
        kind, labels = ("module", steps[1:]) if steps[0] == "module" else ("resource", steps)
        if origin and any(list(one.labels) == labels for one in syntax.of_type(kind)):
            yield Refused("removed-still-there", prefix + origin, source=block.source)


def _imported(syntax: ModuleSyntax) -> Iterator[Refused]:
    declared = {".".join(block.labels) for block in syntax.of_type("resource")}
    seen: dict[str, int] = defaultdict(int)
    for block in syntax.of_type("import"):
        to = _text(block, "to")
        if not to or "for_each" in block.body.attributes:
            continue
        seen[to] += 1
        if seen[to] == 2:
            yield Refused("imported-twice", to, source=block.source)
        if not to.startswith(("module.", "data.")) and to.split("[")[0] not in declared:
            yield Refused("imported-nowhere", to, source=block.source)


def _text(block: BlockSyntax, name: str) -> str:
    """Write an address with its keys; empty where it cannot be read."""
    expression = block.body.attributes.get(name)
    if isinstance(expression, JsonValue):
        value = expression.value
        return value.removeprefix("${").removesuffix("}").strip() if isinstance(value, str) else ""
    return _address(expression) if expression is not None else ""


def _address(expression: Expression) -> str:
    if isinstance(expression, Name):
        return expression.name
    if isinstance(expression, Attribute):
        before = _address(expression.value)
        return f"{before}.{expression.name}" if before else ""
    if isinstance(expression, Index):
        before, key = _address(expression.value), expression.key
        if not before or not isinstance(key, Literal):
            return ""
        return f'{before}["{key.value}"]' if isinstance(key.value, str) else f"{before}[{key.value}]"
    return ""
