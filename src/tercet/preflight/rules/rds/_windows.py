"""Daily and weekly windows of time, as RDS writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Resource

DAY_MINUTES: Final = 24 * 60

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAILY: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_WEEKLY: Final = re.compile(r"([a-z]{3}):([01]\d|2[0-3]):([0-5]\d)-([a-z]{3}):([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time: minutes from the start of its day or week on, and how long it is."""

    start: int
    minutes: int


def daily_argument(database: Resource) -> str:
    """Return the argument of a database, or cache, that says when it is backed up each day."""
    if _is_cache(database):
        return "snapshot_window"
    return "backup_window" if database.type == "aws_db_instance" else "preferred_backup_window"


def weekly_argument(database: Resource) -> str:
    """Return the argument that says when it may be worked at each week."""
    plain = database.type == "aws_db_instance" or _is_cache(database)
    return "maintenance_window" if plain else "preferred_maintenance_window"


def shortest_minutes(database: Resource) -> int:
    """Return how long a window is at least."""
    return 60 if _is_cache(database) else 30


def _is_cache(database: Resource) -> bool:
    return database.type.startswith("aws_elasticache_")


def daily(text: str) -> Window | None:
    """Read ``hh24:mi-hh24:mi``; None where it is something else."""
    match = _DAILY.fullmatch(text.strip())
    if match is None:
        return None
    start, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
    return Window(start, (end - start) % DAY_MINUTES)


def weekly(text: str) -> Window | None:
    """Read ``ddd:hh24:mi-ddd:hh24:mi``; None where it is something else."""
    match = _WEEKLY.fullmatch(text.strip().lower())
    if match is None or match[1] not in _DAYS or match[4] not in _DAYS:
        return None
    start = _DAYS.index(match[1]) * DAY_MINUTES + int(match[2]) * 60 + int(match[3])
    end = _DAYS.index(match[4]) * DAY_MINUTES + int(match[5]) * 60 + int(match[6])
    return Window(start, (end - start) % (7 * DAY_MINUTES))


def overlap(each_day: Window, each_week: Window) -> bool:
    """Tell whether a daily window and a weekly one have a minute in common."""
    week = 7 * DAY_MINUTES
    for day in range(-1, 8):
        start = day * DAY_MINUTES + each_day.start
        for shift in (0, week):
            first = max(start, each_week.start - shift)
            last = min(start + each_day.minutes, each_week.start - shift + each_week.minutes)
            if first < last:
                return True
    return False
