"""The region in the name of a zone."""

from __future__ import annotations

import re
from typing import Final

_ZONE: Final = re.compile(r"([a-z]{2,3}(?:-[a-z]{2,10}){1,2}-\d)(?:-[a-z]{3}-\d{1,2})?[a-z]")


def region_of_zone(name: str) -> str | None:
    """Return ``us-east-1`` of ``us-east-1a`` and of the local zone ``us-east-1-bos-1a``; None where it is no zone."""
    match = _ZONE.fullmatch(name)
    return match.group(1) if match is not None else None
