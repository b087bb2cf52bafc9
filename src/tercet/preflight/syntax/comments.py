"""Accepted findings in comments of HCL: ``# preflight:accept RULE until=2026-12-31 reason="…"``."""

from __future__ import annotations

import re
from typing import Any, Final

_MARK: Final = "preflight:accept"
_COMMENT: Final = re.compile(rf"(?:#|//)\s*{_MARK}\b(.{{0,2000}})")
_PAIR: Final = re.compile(r'(until|reason)\s*=\s*(?:"([^"]*)"|(\S+))')


def accepted(text: str) -> dict[int, list[dict[str, Any]]]:
    """Find the comments: line → what is accepted there, in the shape that suppressions have in JSON."""
    found: dict[int, list[dict[str, Any]]] = {}
    if _MARK not in text:
        return found
    for number, line in enumerate(text.split("\n"), start=1):
        if (match := _COMMENT.search(line)) is not None:
            said = match.group(1)
            rule = said.split(None, 1)[0] if said.split() else ""
            entry = {"rule": rule, **{name: quoted or bare for name, quoted, bare in _PAIR.findall(said)}}
            found.setdefault(number, []).append(entry)
    return _above(text, found)


def _above(text: str, found: dict[int, list[dict[str, Any]]]) -> dict[int, list[dict[str, Any]]]:
    """Several comments in a row all belong to the line after the last of them."""
    lines = text.split("\n")
    following = [len(lines)] * (len(lines) + 1)  # line, from 0 → the first from there on that is no comment
    for at in range(len(lines) - 1, -1, -1):
        following[at] = following[at + 1] if lines[at].lstrip().startswith(("#", "//")) else at
    moved: dict[int, list[dict[str, Any]]] = {}
    for number in sorted(found):
        moved.setdefault(following[number], []).extend(found[number])
    return moved
