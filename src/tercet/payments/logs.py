"""Structured logs: one JSON object per line, from a closed list of fields.

The list is what keeps card numbers, tokens and personal data out: nothing that a caller wrote can be logged, because no
field for it exists.
"""

from __future__ import annotations

import json
import sys
from typing import Final

FIELDS: Final = frozenset(
    {
        "cause",
        "code",
        "count",
        "event_id",
        "kind",
        "message_id",
        "method",
        "payment_id",
        "request_id",
        "resource",
        "state",
        "status",
        "step",
    }
)


def log(happened: str, **fields: str | int | None) -> None:
    """Write one line to standard output, where Lambda collects it.

    Parameters
    ----------
    happened
        What happened, such as ``payment_created``.
    fields
        Any of :data:`FIELDS`.

    Raises
    ------
    ValueError
        A field is not on the list.
    """
    if unknown := fields.keys() - FIELDS:
        raise ValueError(f"{sorted(unknown)} may not be logged. Add a field to FIELDS only if no caller can fill it.")
    line = json.dumps({"event": happened, **fields}, separators=(",", ":"))
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
