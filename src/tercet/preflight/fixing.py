"""Writes the changes that a machine can make as a patch, for `patch -p1` or `git apply`."""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from tercet.preflight.findings import Edit, Finding
from tercet.preflight.reporting.plain import plain

_MOST_BYTES: Final = 50_000_000


class _Change(NamedTuple):
    """A part of a text, from `start` to `end`, and what it becomes."""

    start: int
    end: int
    new: str


class _RefusedError(Exception):
    """A change cannot be made; the text says why, as the rest of a sentence."""


def patch(findings: Iterable[Finding]) -> str:
    """Write the findings' changes as a unified diff.

    Parameters
    ----------
    findings
        Those without a change are passed over.

    Returns
    -------
    str
        The diff. Changes that cannot be made, as where the text has been changed since, are named in comments before
        it, which `patch` and `git apply` pass over. Empty where there is nothing to change.
    """
    edits: dict[str, dict[Edit, None]] = defaultdict(dict)
    refused: list[str] = []
    for finding in findings:
        if finding.edit is not None:
            try:
                name = _name(finding.edit.file)
                edits[name][dataclasses.replace(finding.edit, file=name)] = None
            except _RefusedError as error:
                refused.append(f"{finding.edit.file} {error}.")
    diffs = [_diff(name, list(of_file), refused) for name, of_file in sorted(edits.items())]
    return "".join([*(f"# Not changed: {plain(one)}\n" for one in refused), *diffs])


def _diff(name: str, edits: list[Edit], refused: list[str]) -> str:
    try:
        text = _read(name)
    except _RefusedError as error:
        refused.append(f"{name} {error}.")
        return ""
    changes: list[_Change] = []
    for edit in edits:
        try:
            change = _change(text, edit)
            if any(_collide(change, other) for other in changes):
                raise _RefusedError("is changed by another finding in the same place")  # noqa: TRY301
            changes.append(change)
        except _RefusedError as error:
            refused.append(f"{name}:{edit.line} {error}.")
    after = text
    for change in sorted(changes, reverse=True):
        after = after[: change.start] + change.new + after[change.end :]
    return _unified(name, text, after)


def _name(file: str) -> str:
    """Return the file's name in the patch: below the working folder, since a patch must not reach out of it."""
    path = Path(file)
    if path.is_absolute():
        try:
            path = path.relative_to(Path.cwd())
        except ValueError:
            raise _RefusedError("is not below the working folder") from None
    if ".." in path.parts:
        path = _without_steps_up(path)
    name = path.as_posix()
    if plain(name) != name or '"' in name or "\\" in name:
        raise _RefusedError("has a name that a patch cannot hold")
    return name


def _without_steps_up(path: Path) -> Path:
    short = Path(os.path.normpath(path))
    # After a link, `..` leads elsewhere than the name says.
    if ".." in short.parts or path.resolve() != short.resolve():
        raise _RefusedError("is not below the working folder")
    return short


def _read(file: str) -> str:
    path = Path(file)
    try:
        if not path.resolve().is_relative_to(Path.cwd().resolve()):
            raise _RefusedError("leads out of the working folder")
        if path.resolve() != Path.cwd().resolve() / path:
            raise _RefusedError("is a link, or reached by one, which a patch does not follow")
        if not path.is_file():  # a pipe would be waited for
            raise _RefusedError("cannot be read as UTF-8")
        with path.open("rb") as opened:
            data = opened.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise _RefusedError("is too large")
        return data.decode("utf-8")  # not as text: a patch keeps line endings as they are
    except (OSError, ValueError, RuntimeError) as error:  # the last of a link that leads to itself
        raise _RefusedError("cannot be read as UTF-8") from error


def _change(text: str, edit: Edit) -> _Change:
    start, end = _line(text, edit.line)
    if not edit.old:
        return _Change(start, start, edit.new)
    found = text.find(edit.old, start, end + len(edit.old))
    if found < 0 or found > end:
        raise _RefusedError(f"does not hold {edit.old!r} any more")
    if text.find(edit.old, found + 1, end + len(edit.old) - 1) >= 0:
        raise _RefusedError(f"holds {edit.old!r} more than once")
    change = _Change(found, found + len(edit.old), edit.new)
    return change if edit.new else _whole_line(text, change)


def _collide(one: _Change, other: _Change) -> bool:
    """Tell whether only one of two changes can be made: they overlap, or add the same argument."""
    if one.start == one.end == other.start == other.end:
        return one.new.partition("=")[0] == other.new.partition("=")[0]
    return one.start < other.end and other.start < one.end


def _line(text: str, number: int) -> tuple[int, int]:
    """Return where a line begins and ends; lines end as a patch's do, at line feeds only."""
    start = 0
    for _ in range(number - 1):
        start = text.find("\n", start) + 1
        if not start:
            raise _RefusedError("has no such line any more")
    if number < 1 or (start == len(text) and number > 1):
        raise _RefusedError("has no such line any more")
    end = text.find("\n", start)
    return start, len(text) if end < 0 else end


def _whole_line(text: str, change: _Change) -> _Change:
    """Take the line with it where nothing but white space would be left of it."""
    start = text.rfind("\n", 0, change.start) + 1
    end = text.find("\n", change.end)
    end = len(text) if end < 0 else end + 1
    is_alone = not text[start : change.start].strip() and not text[change.end : end].strip()
    return _Change(start, end, "") if is_alone else change


def _unified(name: str, before: str, after: str) -> str:
    if " " in name:
        name += "\t"  # the end of the name, as git writes it too
    # Not splitlines(), which knows more ends of lines than a patch does.
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
