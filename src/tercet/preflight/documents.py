"""JSON text inside arguments (policies, patterns, definitions), decoded even where parts of it are not known."""

from __future__ import annotations

import json
import re
from typing import Final

from tercet.preflight.values import Encoded, Reference, Template, Text, Unknown, Value

_MARK: Final = "\ue000"
"""A character of Unicode's private use area stands for a part that is not known, while the text is decoded."""

_HOLES: Final = re.compile(f"{_MARK}([0-9]+){_MARK}")
_STRINGS: Final = re.compile(r'("(?:[^"\\]|\\.)*+"?)', re.DOTALL)
"""Also what is not closed: else the search would begin anew at each quote of it."""
_MAX_DEPTH: Final = 100


def decode(value: Value) -> Value:
    """Decode JSON text.

    Parameters
    ----------
    value
        A string, known or in part; or a structure that is decoded already.

    Returns
    -------
    Value
        The structure; parts that are not known are unknown values in it. `Unknown` where nothing of it is known, or
        what is not known decides whether it is JSON. None where it is no JSON.
    """
    if isinstance(value, Encoded):
        return value.structure
    if isinstance(value, str):
        return _loads(value, ())
    if isinstance(value, Template):
        holes: list[Value] = []
        text = ""
        for part in value.parts:
            if isinstance(part, str):
                text += part
            else:
                text += f"{_MARK}{len(holes)}{_MARK}"
                holes.append(part)
        decoded = _loads(_quote_bare_holes(text), tuple(holes))
        return Unknown(_FRAGMENT) if decoded is None and _may_be_fragments(text, holes) else decoded
    return value


def _loads(text: str, holes: tuple[Value, ...]) -> Value:
    try:
        return _filled(json.loads(text), holes, _MAX_DEPTH)
    except (ValueError, RecursionError):
        return None


_FRAGMENT: Final = "parts of the text are known only after apply"


def _may_be_fragments(text: str, holes: list[Value]) -> bool:
    """Tell whether a part that is not known stands outside quotes and may be anything: nothing, or half an object."""
    bare = "".join(piece for piece in _STRINGS.split(text) if not piece.startswith('"'))
    return any(not isinstance(holes[int(number)], Encoded) for number in _HOLES.findall(bare))


def _quote_bare_holes(text: str) -> str:
    """Make a string of a hole outside quotes, as in ``{"Resource": ${jsonencode(x)}}``."""
    pieces = _STRINGS.split(text)
    return "".join(piece if piece.startswith('"') else _HOLES.sub(rf'"{_MARK}\1{_MARK}"', piece) for piece in pieces)


def _filled(structure: Value, holes: tuple[Value, ...], depth: int) -> Value:
    if not depth:
        return Unknown("nested too deeply")
    if isinstance(structure, dict):
        return {_key(key, holes): _filled(one, holes, depth - 1) for key, one in structure.items()}
    if isinstance(structure, list):
        return [_filled(one, holes, depth - 1) for one in structure]
    if isinstance(structure, str) and _MARK in structure:
        return _text(structure, holes)
    return structure


def _text(text: str, holes: tuple[Value, ...]) -> Value:
    pieces = _HOLES.split(text)  # text, number, text, number, …, text
    parts: list[Value] = []
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            if piece:
                parts.append(piece)
        elif int(piece) < len(holes):
            parts.append(holes[int(piece)])
    return parts[0] if len(parts) == 1 else Template(tuple(parts))


def _key(key: str, holes: tuple[Value, ...]) -> str:
    if _MARK not in key:
        return key
    value = _text(key, holes)
    return "${" + str(value) + "}" if isinstance(value, Reference) else Text(_HOLES.sub("*", key))
