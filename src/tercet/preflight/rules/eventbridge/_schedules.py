"""Schedule expressions: what is wrong with one."""

from __future__ import annotations

import re
from typing import Final

_RATE: Final = re.compile(r"rate\(\s*(\d{1,9})\s+(minutes?|hours?|days?)\s*\)")
_CRON: Final = re.compile(r"cron\(([^()]{0,250})\)")
_AT: Final = re.compile(r"at\([^()]{0,60}\)")
_LONGEST: Final = 256

# Fields of a cron expression whose plain numbers have a range, by their place.
_RANGES: Final = {
    0: ("minutes", 0, 59),
    1: ("hours", 0, 23),
    2: ("day of month", 1, 31),
    3: ("month", 1, 12),
    4: ("day of week", 1, 7),
}


def wrong_with(expression: str, *, scheduler: bool = False) -> str | None:
    """Say what is wrong with an expression, or None.

    Parameters
    ----------
    expression
        As it is written.
    scheduler
        Whether EventBridge Scheduler reads it, which also knows ``at(…)`` and is not particular about plurals.
    """
    text = expression.strip()[: _LONGEST + 1]
    if scheduler and _AT.fullmatch(text):
        return None
    if (rate := _RATE.fullmatch(text)) is not None:
        return _rate(int(rate[1]), rate[2], scheduler)
    if (cron := _CRON.fullmatch(text)) is not None:
        return _cron(cron[1].split())
    return "it is neither rate(<number> <unit>) nor cron(<six fields>)"


def _rate(number: int, unit: str, scheduler: bool) -> str | None:
    if number == 0:
        return "a rate is 1 or more"
    if not scheduler and (number == 1) == unit.endswith("s"):
        right = unit.removesuffix("s") if number == 1 else f"{unit}s"
        return f"it has to say {number} {right}"
    return None


def _cron(fields: list[str]) -> str | None:
    if len(fields) != 6:
        return f"cron has six fields, from minutes to year, and this has {len(fields)}"
    if fields[2] != "?" and fields[4] != "?":
        return "one of day of month and day of week has to be ?"
    for place, (name, least, most) in _RANGES.items():
        if re.fullmatch(r"\d{1,9}", fields[place]) and not least <= int(fields[place]) <= most:
            return f"{name} is {fields[place]}, not from {least} to {most}"
    return None
