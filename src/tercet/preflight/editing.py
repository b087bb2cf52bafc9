"""Finds the text that the change of a rule is about, so that a machine can make it.

Only HCL is changed, and only where one look is enough: the argument is absent, or is a literal. JSON is written by
programs, and an expression means what somebody wanted it to mean.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Final

from tree_sitter import Node

from tercet.errors import PreflightError
from tercet.preflight.findings import Edit
from tercet.preflight.rule import Change
from tercet.preflight.syntax import hcl

_STEP: Final = re.compile(r"([A-Za-z0-9_-]+)(?:\[(\d+)\])?")


def edit_of(change: Change) -> Edit | None:
    """Return the change as an edit of the file, or None where a machine cannot make it."""
    source = change.at.owner.source
    if source.file is None or source.line is None or not source.file.endswith(".tf"):
        return None
    block = _blocks_of(source.file).get(source.line)
    for step in change.at.path.split(".") if change.at.path else ():
        block = _inside(block, step) if block else None
    if block is None:
        return None
    attributes = [one for one in _inner(block) if one.type == "attribute"]
    given = next((one for one in attributes if _name(one) == change.argument), None)
    if given is not None:
        return _replaced(source.file, given, change)
    return None if change.value is None else _added(source.file, block, attributes, change)


def _blocks_of(file: str) -> dict[int, Node]:
    try:
        stat = Path(file).stat()
    except OSError:
        return {}
    return _blocks(file, stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=32)
def _blocks(file: str, _changed: int, _size: int) -> dict[int, Node]:
    """Return the blocks of a file, as it was when it was last changed, by the line that they begin on."""
    try:
        root = hcl.parse(Path(file).read_bytes(), file)
    except (OSError, PreflightError):
        return {}
    bodies = [child for child in root.children if child.type == "body"]
    return {one.start_point[0] + 1: one for body in bodies for one in body.children if one.type == "block"}


def _inside(block: Node, step: str) -> Node | None:
    """Return the block ``rule[1]`` inside a block; None where it is not written as one, as a dynamic one is not."""
    matched = _STEP.fullmatch(step)
    inner = [one for one in _inner(block) if one.type == "block"]
    if matched is None or any(_is_labelled(one) for one in inner):
        return None
    named = [one for one in inner if _name(one) == matched[1]]
    position = int(matched[2] or 0)
    return named[position] if position < len(named) else None


def _is_labelled(block: Node) -> bool:
    return any(child.type == "string_lit" for child in block.children)


def _inner(block: Node) -> list[Node]:
    """Return the arguments and blocks inside a block."""
    return [one for child in block.children if child.type == "body" for one in child.children]


def _name(node: Node) -> str:
    return _text(node.children[0])


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _replaced(file: str, attribute: Node, change: Change) -> Edit | None:
    line, text = attribute.start_point[0] + 1, _text(attribute)
    if change.value is None:
        return Edit(file, line, text, "")
    written = attribute.children[-1]
    if not _is_literal(written):
        return None
    return Edit(file, line, text, text[: len(text) - len(_text(written))] + _hcl(change.value))


def _is_literal(expression: Node) -> bool:
    """Tell whether an expression is a number, a string without templates, true, false or null."""
    return [child.type for child in expression.children] == ["literal_value"]


def _added(file: str, block: Node, attributes: list[Node], change: Change) -> Edit | None:
    """Add the argument as a line after the arguments that there are, its sign of equality below theirs."""
    first, last = block.start_point[0], block.end_point[0]
    name, indent, after = change.argument, block.start_point[1] + 2, first
    if attributes:
        row, indent = attributes[-1].start_point
        after = attributes[-1].end_point[0]
        sign = attributes[-1].children[1].start_point
        name = name.ljust(sign[1] - indent - 1) if sign[0] == row else name
    if after == last or (attributes and attributes[-1].start_point[0] == first):
        return None  # the block is one line
    return Edit(file, after + 2, "", f"{' ' * indent}{name} = {_hcl(change.value)}\n")


def _hcl(value: bool | int | str | None) -> str:
    return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
