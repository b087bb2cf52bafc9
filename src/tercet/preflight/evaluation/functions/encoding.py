"""JSON and base64."""

from __future__ import annotations

import base64
import json
from typing import Final

from tercet.preflight.evaluation.scope import MAX_TEXT, plain, unknown_from
from tercet.preflight.values import MAX_REFERENCES, Encoded, Text, Unknown, Value, is_known, references_in


def jsonencode(value: Value) -> Value:
    """Write a value as JSON text, as much of it as is known."""
    structure = plain(value)
    if is_known(structure):
        text = _dumped(structure)
        if text is None:
            return Unknown("the string is too long")
        references = tuple(references_in(structure)[:MAX_REFERENCES])
        return Text(text, references) if references else text
    return Encoded(structure)


ESCAPED: Final = {ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}
"""What Terraform's jsonencode() does not write as it is."""


def _dumped(structure: Value) -> str | None:
    """Write JSON text, up to the length that is allowed: what is shared may stand in it very often."""
    pieces: list[str] = []
    length = 0
    for part in json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, sort_keys=True).iterencode(structure):
        piece = part.translate(ESCAPED)
        length += len(piece)
        if length > MAX_TEXT:
            return None
        pieces.append(piece)
    return "".join(pieces)


def jsondecode(value: Value) -> Value:
    """Read JSON text."""
    value = plain(value)
    if isinstance(value, Encoded):
        return value.structure
    if isinstance(value, str):
        return json.loads(value)
    return unknown_from("jsondecode() of what is known only after apply", value)


def base64decode(text: str) -> str:
    """Decode base64 of UTF-8."""
    return base64.b64decode(text, validate=True).decode("utf-8")
