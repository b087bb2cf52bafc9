"""Writes a zone report: as a table, as JSON, as a picture."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Final, cast

from tercet.errors import PreflightError
from tercet.preflight.zones.model import ZoneReport

_MODULES: Final = {"table": "table", "json": "json_document", "svg": "svg"}
FORMATS: Final = tuple(_MODULES)


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
    if kind not in _MODULES:
        raise PreflightError(f"There is no format {kind}: choose {', '.join(FORMATS)}.")
    # Only the module that is needed: a rule asks for the analysis alone, and tables take long to import.
    write = cast("Callable[..., str]", import_module(f"tercet.preflight.zones.{_MODULES[kind]}").write)
    return write(report, colour=colour, width=width) if kind == "table" else write(report)
