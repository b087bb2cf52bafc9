"""Text of the input made harmless: what a configuration names must not steer a terminal, a log or a page."""

from __future__ import annotations

import json
import re
from typing import Final

from tercet.preflight.findings import Source

_UNSAFE: Final = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters: escape sequences begin with one
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible, or turning the text around
    "\ud800-\udfff\ufffe\uffff"  # no characters, in no encoding
    "\U000e0000-\U000e007f"  # invisible copies of ASCII
    "]"
)
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NAMED: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def plain(text: str, longest: int = 10_000) -> str:
    """Write each character that steers anything as its escape: a line stays a line, and a name is seen as it is."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return _UNSAFE.sub(_escape, text)


def plain_json(structure: object) -> str:
    """Write JSON that a terminal can show as well: the same characters are escapes, and all others are as they are."""
    text = _LONE_SURROGATE.sub("\ufffd", json.dumps(structure, indent=2, ensure_ascii=False))
    # A line break is never inside a string of JSON.
    return _UNSAFE.sub(lambda match: "\n" if match.group() == "\n" else json.dumps(match.group())[1:-1], text) + "\n"


def place(source: Source) -> str:
    """Write where something stands: ``main.tf:12``, or the construct; empty where nothing is known."""
    parts = []
    if source.file:
        parts.append(plain(source.file) + (f":{source.line}" if (source.line or 0) > 0 else ""))
    if source.construct:
        parts.append(plain(source.construct))
    return "  ".join(parts)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if character in _NAMED:
        return _NAMED[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
