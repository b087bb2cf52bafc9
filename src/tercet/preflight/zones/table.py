"""For a person at a terminal: a line for each component, a column for each zone, and below it the reasons."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tercet.preflight.zones.harmless import harmless
from tercet.preflight.zones.model import Fate, Verdict, ZoneReport
from tercet.preflight.zones.rows import SIGNS, WORDS, Row, conclusion, rows

_COLOURS: Final = {
    Fate.SURVIVES: "green",
    Fate.DEGRADED: "yellow",
    Fate.UNDECIDABLE: "bright_black",
    Fate.LOST: "red",
}
_NARROWEST: Final = 60
_LONGEST: Final = 400


def write(report: ZoneReport, *, colour: bool = False, width: int = 100) -> str:
    """Write the table."""
    lines = io.StringIO()
    console = Console(
        file=lines,
        width=max(width, _NARROWEST),
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(_matrix(report))
    _reasons(console, report)
    console.print(Text(harmless(conclusion(report)), style=f"bold {_COLOURS[_worst(report)]}"))
    # Padding at the ends of lines is of no use to anybody.
    return "\n".join(line.rstrip() for line in lines.getvalue().split("\n"))


def _matrix(report: ZoneReport) -> Table:
    table = Table(box=box.SIMPLE_HEAD, expand=False, pad_edge=False, show_footer=True)
    table.add_column("If this zone is lost", footer="The whole", no_wrap=True, overflow="ellipsis")
    for zone, fate in zip(report.zones, report.whole, strict=True):
        table.add_column(harmless(str(zone), 40), footer=_word(fate), no_wrap=True, overflow="ellipsis")
    for layer, group in rows(report):
        table.add_row(Text(str(layer), style="bold"))
        for row in group:
            table.add_row(_name(row), *[_cell(verdict) for verdict in row.verdicts])
    return table


def _reasons(console: Console, report: ZoneReport) -> None:
    for _, group in rows(report):
        for row in group:
            if all(verdict.fate is Fate.SURVIVES for verdict in row.verdicts):
                continue
            console.print(Text(harmless(row.address, _LONGEST), style="bold"))
            for zones, verdict in _alike(report, row):
                line = Text(f"{harmless(', '.join(zones), 120)}: ")
                line.append(f"{SIGNS[verdict.fate]} {WORDS[verdict.fate]}", style=_COLOURS[verdict.fate])
                line.append(f"  {verdict.left}" if verdict.left else "")
                console.print(Padding(line, (0, 0, 0, 2)))
                for reason in verdict.reasons:
                    console.print(Padding(Text(harmless(reason, _LONGEST), style="dim"), (0, 0, 0, 4)))
            console.print()


def _alike(report: ZoneReport, row: Row) -> list[tuple[list[str], Verdict]]:
    """Put the zones together for which the same is said."""
    found: dict[tuple[object, ...], tuple[list[str], Verdict]] = {}
    for zone, verdict in zip(report.zones, row.verdicts, strict=True):
        found.setdefault((verdict.fate, verdict.left, verdict.reasons), ([], verdict))[0].append(str(zone))
    return list(found.values())


def _name(row: Row) -> Text:
    text = Text(f"  {row.title}")
    text.append(f"\n  {harmless(row.address, 200)}", style="dim")
    return text


def _cell(verdict: Verdict) -> Text:
    text = _word(verdict.fate)
    text.append(f"\n  {harmless(verdict.left, 60)}" if verdict.left else "", style="default dim")
    return text


def _word(fate: Fate) -> Text:
    return Text(f"{SIGNS[fate]} {WORDS[fate]}", style=_COLOURS[fate])


def _worst(report: ZoneReport) -> Fate:
    fates: Sequence[Fate] = report.whole
    worst = max(fates, key=lambda fate: fate.rank, default=Fate.SURVIVES)
    return Fate.SURVIVES if worst is Fate.DEGRADED else worst
