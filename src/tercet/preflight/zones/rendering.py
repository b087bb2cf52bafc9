"""Writes a zone report: as a table, as JSON, as a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tercet.errors import PreflightError
from tercet.preflight.zones import json_document, svg, table
from tercet.preflight.zones.model import ZoneReport

_WRITERS: Final[dict[str, Callable[[ZoneReport], str]]] = {
    "table": table.write,
    "json": json_document.write,
    "svg": svg.write,
}
FORMATS: Final = tuple(_WRITERS)


def render(report: ZoneReport, kind: str, *, colour: bool = False, width: int = 100) -> str:
    """Write a report.

    Parameters
    ----------
    report
        What was found.
    kind
        ``table``, ``json`` or ``svg``.
    colour, width
        What the terminal admits, for a table.

    Raises
    ------
    PreflightError
        There is no such format.
    """
    if kind == "table":
        return table.write(report, colour=colour, width=width)
    if (writer := _WRITERS.get(kind)) is None:
        raise PreflightError(f"There is no format {kind}: choose {', '.join(FORMATS)}.")
    return writer(report)
