"""Terraform's ``regex`` and ``regexall``, and ``replace`` with an expression.

They are written for RE2. Only expressions that Python reads alike, and that cannot take long, are computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.evaluation.scope import MAX_ITEMS, plain, unknown_from
from tercet.preflight.knowledge.patterns import compiled
from tercet.preflight.values import Reference, Unknown, Value

_OTHER_IN_RE2: Final = re.compile(r"\(\?(?![:P)imsx])|\(\?P[=>]|\\[1-9]|\{,|[*+?}]\+")
"""What Python takes and RE2 does not, or takes for something else."""

_ZONES: Final = {
    "names": (
        "us-east-1a",
        "ap-southeast-2c",
        "us-gov-west-1b",
        "cn-north-1a",
        "us-west-2-lax-1a",
        "us-east-1-wl1-bos-wlz-1",
    ),
    "zone_ids": ("use1-az6", "apse2-az1", "usgw1-az3", "cnn1-az1", "usw2-lax1-az1", "use1-wl1-bos-wlz1"),
}
"""Zones of every form that AWS has for their names and ids."""


def regex(pattern: Value, text: Value) -> Value:
    """Return what the first match holds; an expression that matches nothing has failed."""
    shapes = _zones_of(text)
    if isinstance(pattern, str) and shapes and all(found == [] for found in _in_each(pattern, shapes)):
        return Unknown("there is no match")
    found = _found(pattern, text)
    if found is None:
        return unknown_from("regex() is computed only at apply", pattern, text)
    return _captured(found[0]) if found else Unknown(f"there is no match of {pattern}")


def regexall(pattern: Value, text: Value) -> Value:
    """Return what each match holds; of the zones that AWS lists it is known how often an expression matches."""
    shapes = _zones_of(text)
    if isinstance(pattern, str) and shapes:
        counts = {None if found is None else len(found) for found in _in_each(pattern, shapes)}
        if len(counts) == 1 and (count := counts.pop()) is not None:
            return [unknown_from("a part of the zone's name", text)] * count
    found = _found(pattern, text)
    if found is None:
        return unknown_from("regexall() is computed only at apply", pattern, text)
    return [_captured(one) for one in found]


def replaced(pattern: str, text: str, new: str) -> Value:
    """Return a text with every match of an expression replaced, as ``replace`` does where it stands between slashes."""
    found = None if "$" in new else _found(pattern, text)  # what a $ stands for is not computed
    if found is None or any(not one[0] for one in found):  # where empty matches are replaced differs
        return Unknown("replace() with this regular expression is computed only at apply")
    parts: list[str] = []
    at = 0
    for one in found:
        parts += [text[at : one.start()], new]
        at = one.end()
    return "".join((*parts, text[at:]))


def _zones_of(text: Value) -> tuple[str, ...]:
    """Return what a zone that AWS lists can look like."""
    if not isinstance(text, Reference) or "data.aws_availability_zones." not in text.address or len(text.path) != 2:
        return ()
    return _ZONES.get(str(text.path[0]), ())


def _in_each(pattern: str, texts: tuple[str, ...]) -> Iterator[list[re.Match[str]] | None]:
    return (_found(pattern, text) for text in texts)


def _found(pattern: Value, text: Value) -> list[re.Match[str]] | None:
    """Return all matches; None where they are not known."""
    if not isinstance(pattern, str) or not isinstance(text, str) or _OTHER_IN_RE2.search(pattern):
        return None
    made = compiled(str(pattern), re.ASCII)
    if made is None or len(text) > made[1] or text.endswith("\n"):  # before which $ matches, here only
        return None
    found: list[re.Match[str]] = []
    for one in made[0].finditer(text):
        if (not one[0] and found) or len(found) == MAX_ITEMS:  # where empty ones are looked for differs
            return None
        found.append(one)
    return found


def _captured(found: re.Match[str]) -> Value:
    """Return a match as Terraform does: by the groups' names, or in a list, or whole where there are none."""
    if found.groupdict():
        return plain(dict(found.groupdict()))
    return list(found.groups()) or found[0]
