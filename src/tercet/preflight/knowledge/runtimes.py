"""Lambda's runtimes, and when they end."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Final

from tercet.preflight.knowledge.dated import table

_FAMILY: Final = re.compile(r"(java|python|dotnet)(?:core)?(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Runtime:
    """A runtime.

    Parameters
    ----------
    name
        As in ``runtime``: ``python3.13``.
    deprecated
        The day from which it is no longer supported; None where none is announced.
    no_create, no_update
        The days from which functions cannot be created, and cannot be updated.
    successor
        What AWS recommends instead.
    """

    name: str
    deprecated: datetime.date | None
    no_create: datetime.date | None
    no_update: datetime.date | None
    successor: str | None


def runtime_of(name: str) -> Runtime | None:
    """Return what is known of a runtime; None where there was none of this name on the data's day."""
    said = table("runtimes")["runtimes"].get(name)
    if said is None:
        return None
    return Runtime(name, _day(said["deprecated"]), _day(said["no_create"]), _day(said["no_update"]), said["successor"])


def names() -> list[str]:
    """Return the names of all runtimes that there are or were."""
    return sorted(table("runtimes")["runtimes"])


def has_snap_start(name: str) -> bool | None:
    """Tell whether a runtime supports SnapStart; None where the runtime is not known."""
    if runtime_of(name) is None:
        return None
    match = _FAMILY.fullmatch(name)
    if match is None or name.startswith("dotnetcore"):
        return False
    least = table("runtimes")["snap_start"][match[1]]
    return (int(match[2]), int(match[3] or 0)) >= (least[0], least[1])


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
