"""Structured logs: one JSON object per line, from a closed list of fields.

The list is what keeps card numbers, tokens and personal data out: nothing that a caller wrote can be logged, because no
field for it exists.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final

FIELDS: Final = frozenset(
    {
        "cause",
        "code",
        "correlation_id",
        "count",
        "event_id",
        "kind",
        "left",
        "message_id",
        "method",
        "ms",
        "operation_id",
        "payment_id",
        "resource",
        "session_id",
        "state",
        "status",
        "step",
        "version",
    }
)

Field = str | int | float | None
"""What a field may hold."""

_BOUND: ContextVar[Mapping[str, Field]] = ContextVar("tercet_log_fields", default=MappingProxyType({}))


def log(happened: str, **fields: Field) -> None:
    """Write one line to standard output, where Lambda collects it.

    Parameters
    ----------
    happened
        What happened, such as ``payment_created``.
    fields
        Any of :data:`FIELDS`; they add to those that are bound.

    Raises
    ------
    ValueError
        A field is not on the list.
    """
    _check(fields)
    line = json.dumps({"event": happened, **_BOUND.get(), **fields}, separators=(",", ":"))
    # One write, so that lines of several threads do not mingle.
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextmanager
def bound(**fields: Field) -> Iterator[None]:
    """Give fields to every line that is logged meanwhile, in this thread; above all the ``correlation_id``.

    Parameters
    ----------
    fields
        Any of :data:`FIELDS`; they add to those that are bound already.

    Raises
    ------
    ValueError
        A field is not on the list.
    """
    _check(fields)
    token = _BOUND.set(MappingProxyType({**_BOUND.get(), **fields}))
    try:
        yield
    finally:
        _BOUND.reset(token)


def bound_fields() -> Mapping[str, Field]:
    """Give the fields that are bound now: traces carry them, too."""
    return _BOUND.get()


def _check(fields: Mapping[str, Field]) -> None:
    if unknown := fields.keys() - FIELDS:
        raise ValueError(f"{sorted(unknown)} may not be logged. Add a field to FIELDS only if no caller can fill it.")
