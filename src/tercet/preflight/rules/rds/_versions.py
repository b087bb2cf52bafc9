"""Whether a version that is not in the table may be newer than the table."""

from __future__ import annotations

import re
from typing import Final

from tercet.preflight.knowledge.dated import table

JUDGED: Final = ("aurora-mysql", "aurora-postgresql", "mariadb", "mysql", "postgres")
"""Engines whose versions are numbers in an order."""

_MAJOR_NUMBERS: Final = {"aurora-mysql": 2, "mysql": 2, "mariadb": 2}


def may_be_newer(engine: str, version: str) -> bool:
    """Tell whether a version comes after all that are known of its line, or of its engine if the line is not known."""
    asked = _numbers(version)
    known = [_numbers(one) for one in table("databases")["versions"][engine]]
    for same in (len(asked) - 1, _MAJOR_NUMBERS.get(engine, 1)):
        line = [one for one in known if one[:same] == asked[:same] and len(one) > same]
        if line:
            return asked > max(line)
    return asked > max(known, default=())


def is_a_line(engine: str, version: str) -> bool:
    """Tell whether a version stands for a line of them, as ``8.0`` and ``16`` do."""
    return any(one.startswith(version + ".") for one in table("databases")["versions"][engine])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d{1,9}", version[:100]))
