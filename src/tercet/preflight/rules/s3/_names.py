"""Names of buckets."""

from __future__ import annotations

import re
from typing import Final

_REFUSED: Final = re.compile(r"[^a-z0-9.-]")
_ADDRESS: Final = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
_PREFIXES: Final = ("xn--", "sthree-", "amzn-s3-demo-")
_SUFFIXES: Final = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_SHORTEST, _LONGEST = 3, 63
_LONGEST_PREFIX: Final = 37
"""Terraform adds 26 characters to a prefix."""


def wrong_name(parts: list[str | None], *, whole: bool) -> str:
    """Say what is wrong of a bucket's name, or of its prefix; nothing where nothing is.

    Parameters
    ----------
    parts
        Of the name; None is a part that is not known.
    whole
        It is the name, and not a prefix of it.
    """
    text = "".join(part for part in parts if part is not None)
    known = all(part is not None for part in parts)
    if found := _REFUSED.search(text):
        return f"may not hold {found[0]!r}"
    if len(text) > (longest := _LONGEST if whole else _LONGEST_PREFIX):
        return f"has over {longest} characters"
    if any(part is not None and ".." in part for part in parts):
        return "has two dots in a row"
    return _wrong_ends(parts, whole=whole) or (_wrong_whole(text) if known and whole else "")


def _wrong_ends(parts: list[str | None], *, whole: bool) -> str:
    first, last = parts[0], parts[-1]
    if first is not None and first[:1] in ("-", "."):
        return "begins with a hyphen or a dot"
    if first is not None and (prefix := next((one for one in _PREFIXES if first.startswith(one)), None)):
        return f"begins with {prefix}, which S3 keeps for itself"
    if not whole or last is None:
        return ""
    if last[-1:] in ("-", "."):
        return "ends with a hyphen or a dot"
    suffix = next((one for one in _SUFFIXES if last.endswith(one)), None)
    return f"ends with {suffix}, which S3 keeps for itself" if suffix else ""


def _wrong_whole(name: str) -> str:
    if len(name) < _SHORTEST:
        return f"has fewer than {_SHORTEST} characters"
    return "is an IP address" if _ADDRESS.fullmatch(name) else ""
