"""A report in the form that its reader wants: a person at a terminal, a browser, a pipeline, a program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Final, cast

from tercet.errors import PreflightError
from tercet.preflight.findings import Report
from tercet.preflight.reporting.occasion import Occasion
from tercet.preflight.rule import Rule

_MODULES: Final[Mapping[str, str]] = {
    "table": "table",
    "json": "json_document",
    "sarif": "sarif",
    "junit": "junit",
    "github": "github",
    "html": "html",
}
FORMATS: Final = tuple(_MODULES)
"""The formats, the one for a terminal first."""


def render(
    report: Report,
    format: str,
    *,
    rules: Mapping[str, Rule],
    target: str,
    verbose: bool = False,
    colour: bool = False,
    width: int = 100,
) -> str:
    """Write a report.

    Parameters
    ----------
    report
        What the check says.
    format
        One of `FORMATS`.
    rules
        The rules that were asked, by id.
    target
        What was checked, as the user named it.
    verbose
        List what could not be decided, one by one, where the format would only count it.
    colour
        Whether the table has colours; nothing else has.
    width
        Columns that the table may fill.

    Raises
    ------
    PreflightError
        There is no such format.
    """
    if format not in _MODULES:
        raise PreflightError(f"There is no format {format}: it is one of {', '.join(FORMATS)}.")
    # Only the module that is needed: templates and XML take a tenth of a second to import.
    module = import_module(f"{__name__}.{_MODULES[format]}")
    write = cast("Callable[[Report, Occasion], str]", module.write)
    return write(report, Occasion(rules, target, verbose=verbose, colour=colour, width=width))
