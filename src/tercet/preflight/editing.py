"""Finds the text that the change of a rule is about, so that a machine can make it.

Only HCL is changed, and only where one look is enough: the argument is absent, or is a literal. JSON is written by
programs, and an expression means what somebody wanted it to mean.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Final, NamedTuple

from tree_sitter import Node

from tercet.errors import PreflightError
from tercet.preflight.findings import Edit
from tercet.preflight.rule import Change
from tercet.preflight.syntax import parsing
from tercet.preflight.syntax.folder import SUFFIXES, is_override

_STEP: Final = re.compile(r"([A-Za-z0-9_-]+)(?:\[(\d+)\])?")
_MOST_BYTES: Final = 50_000_000


class _Text(NamedTuple):
    """A file: its lines, and its blocks by the line that they begin on."""

    lines: list[bytes]
    blocks: dict[int, Node]


def edit_of(change: Change) -> Edit | None:
    """Return the change as an edit of the file, or None where a machine cannot make it."""
    source = change.at.owner.source
    if source.file is None or source.line is None or not source.file.endswith((".tf", ".tofu")):
        return None
    text = _text_of(source.file)
    block = text.blocks.get(source.line)
    steps = change.at.path.split(".") if change.at.path else []
    for step in steps:
        block = _inside(block, step) if block else None
    if block is None or _is_overridden(source.file, change, steps):
        return None
    attributes = [one for one in _inner(block) if one.type == "attribute"]
    given = next((one for one in attributes if _name(one) == change.argument), None)
    if given is not None:
        return _replaced(source.file, given, change)
    return None if change.value is None else _added(source.file, text.lines, block, attributes, change)


def _text_of(file: str) -> _Text:
    try:
        stat = Path(file).stat()
    except OSError:
        return _Text([], {})
    return _read(file, stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=32)
def _read(file: str, _changed: int, _size: int) -> _Text:
    """Return a file as it was when it was last changed."""
    try:
        data = Path(file).read_bytes()
        root = parsing.parse(parsing.decode(data, file), file)
    except (OSError, PreflightError):
        return _Text([], {})
    bodies = [child for child in root.children if child.type == "body"]
    blocks = {one.start_point[0] + 1: one for body in bodies for one in body.children if one.type == "block"}
    return _Text(data.split(b"\n"), blocks)


def _is_overridden(file: str, change: Change, steps: list[str]) -> bool:
    """Tell whether an override file beside this one may say the same argument, and so undo the change."""
    first = [*steps, change.argument][0].partition("[")[0]
    names = (change.at.owner.name, first)
    return any(all(name.encode() in text for name in names) for text in _overrides(Path(file).parent))


def _overrides(folder: Path) -> list[bytes]:
    found = []
    for path in _override_files(folder, folder.stat().st_mtime_ns):
        with path.open("rb") as opened:
            found.append(opened.read(_MOST_BYTES))
    return found


@functools.lru_cache(maxsize=32)
def _override_files(folder: Path, _changed: int) -> list[Path]:
    paths = sorted(folder.iterdir())
    return [path for path in paths if path.name.endswith(SUFFIXES) and is_override(path) and path.is_file()]


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


def _added(file: str, lines: list[bytes], block: Node, attributes: list[Node], change: Change) -> Edit | None:
    """Add the argument as a line after the arguments that there are, its sign of equality below theirs."""
    first, last = block.start_point[0], block.end_point[0]
    name, after = change.argument, first
    if attributes:
        row, column = attributes[-1].start_point
        after = attributes[-1].end_point[0]
        sign = attributes[-1].children[1].start_point
        name = name.ljust(sign[1] - column - 1) if sign[0] == row else name
    if after == last or (attributes and attributes[-1].start_point[0] == first):
        return None  # the block is one line
    if _is_in_comment(block, after + 1):
        return None
    end = "\r\n" if lines[after].endswith(b"\r") else "\n"
    return Edit(file, after + 2, "", f"{_indentation(lines, block, attributes)}{name} = {_hcl(change.value)}{end}")


def _is_in_comment(block: Node, row: int) -> bool:
    """Tell whether a line begins inside a comment of several lines."""
    node = block.descendant_for_point_range((row, 0), (row, 0))
    return node is not None and node.type == "comment" and node.start_point[0] < row


def _indentation(lines: list[bytes], block: Node, attributes: list[Node]) -> str:
    """Return what the lines of a block begin with: as its last argument does, or as what else is in it."""
    first = block.start_point[0]
    rows = [one.start_point[0] for one in (attributes[-1:] or _inner(block))]
    inside = next((row for row in rows if row > first), None)
    if inside is not None:
        return _white_space(lines[inside])
    outside = _white_space(lines[first])
    return outside + ("\t" if "\t" in outside else "  ")


def _white_space(line: bytes) -> str:
    return line[: len(line) - len(line.lstrip(b" \t"))].decode()


def _hcl(value: bool | int | str | None) -> str:
    return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
