"""Data files, and how old what they say is."""

from __future__ import annotations

import datetime
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data"
FRESH_DAYS: Final = 90
"""Days after which data is old: what it does not know may exist by now."""

_AS_OF: Final = re.compile(r'"as_of": ?"(\d{4}-\d{2}-\d{2})"')


@cache
def table(name: str) -> dict[str, Any]:
    """Read a JSON file of `DATA`, once."""
    loaded: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


@cache
def ages() -> dict[str, datetime.date]:
    """Return the day of which each data file is."""
    found = {}
    for path in sorted(DATA.glob("*.json*")):
        with path.open(encoding="utf-8") as file:
            if match := _AS_OF.search(file.read(4096)):
                found[path.name] = datetime.date.fromisoformat(match[1])
    return found


def is_old(name: str, as_of: datetime.date) -> bool:
    """Tell whether a data file, seen from a day, is too old to know all that there is."""
    return (as_of - ages()[name]).days > FRESH_DAYS


def age_warning(as_of: datetime.date) -> list[str]:
    """Return a sentence for each data file that is over `FRESH_DAYS` old on that day."""
    return [
        f"{name} is of {day.isoformat()}, over {FRESH_DAYS} days before {as_of.isoformat()}: "
        "what came since then is not known to these checks."
        for name, day in ages().items()
        if (as_of - day).days > FRESH_DAYS
    ]
