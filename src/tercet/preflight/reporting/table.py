"""For a person at a terminal: findings by severity, worst first, each with what cures it."""

from __future__ import annotations

import io
from collections import Counter
from typing import Final

from rich.console import Console
from rich.text import Text

from tercet.preflight.findings import Finding, Report, Severity
from tercet.preflight.reporting.occasion import HEADINGS, Occasion, by_severity, counted, summary
from tercet.preflight.reporting.plain import place, plain

_COLOURS: Final = {
    Severity.APPLY_FAILS: "red",
    Severity.SILENT_OUTAGE: "magenta",
    Severity.SECURITY: "yellow",
    Severity.POLICY: "blue",
    Severity.ADVICE: "cyan",
}
_NARROWEST: Final = 40
_INDENT: Final = 4
_LABEL: Final = 6
_LONGEST: Final = 2_000


def write(report: Report, occasion: Occasion) -> str:
    """Write the table."""
    page = _Page(occasion)
    for severity, group in by_severity(report.findings).items():
        page.heading(severity, len(group))
        for finding in group:
            page.finding(finding)
    page.undecided(report)
    page.accepted(report)
    for warning in report.warnings:
        page.labelled("Note", warning, style="yellow", indent=0)
    if report.warnings:
        page.line()
    page.summary(report)
    return page.text()


class _Page:
    """Lines that fit the width, written one after the other."""

    def __init__(self, occasion: Occasion) -> None:
        self._occasion = occasion
        self._width = max(occasion.width, _NARROWEST)
        self._lines = io.StringIO()
        self._console = Console(
            file=self._lines,
            width=self._width,
            force_terminal=occasion.colour,
            color_system="standard" if occasion.colour else None,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
        )

    def text(self) -> str:
        return self._lines.getvalue()

    def line(self, text: Text | None = None) -> None:
        self._console.print(text if text is not None else Text(), soft_wrap=True)

    def heading(self, severity: Severity, number: int) -> None:
        title, meaning = HEADINGS[severity]
        line = Text(title.upper(), style=f"bold {_COLOURS[severity]}")
        line.append(f"  {number:,}", style=f"not bold {_COLOURS[severity]}")
        if self._width - line.cell_len > len(meaning) + 3:
            line.append(f"  {meaning}", style="not bold default dim")
        line.append(" " + "─" * max(self._width - line.cell_len - 1, 0), style="not bold default dim")
        self.line(line)
        self.line()

    def finding(self, finding: Finding) -> None:
        self._line_of(2, Text(plain(finding.address, _LONGEST), style="bold"))
        about = Text(plain(finding.rule, _LONGEST), style=_COLOURS[finding.severity])
        if where := place(finding.source):
            about.append(f"  {where}", style="default dim")
        self._line_of(2, about)
        self._wrapped(Text(plain(finding.message, _LONGEST)), _INDENT)
        if finding.aws_error:
            self.labelled("AWS", finding.aws_error, style="red")
        if finding.fix:
            self.labelled("Fix", finding.fix, style="green")
        if finding.docs:
            self._line_of(_INDENT, Text(f"{'Docs':<{_LABEL}}", style="dim"), Text(plain(finding.docs, _LONGEST)))
        self.line()

    def undecided(self, report: Report) -> None:
        if not report.undecided:
            return
        counts = Counter(one.rule for one in report.undecided)
        line = Text("UNDECIDED", style="bold")
        line.append(f"  {len(report.undecided):,}", style="not bold")
        line.append(f"  {counted(len(counts), 'rule')} asked for what is known only later", style="not bold dim")
        if not self._occasion.verbose:
            line.append(" (--show-undecided lists them)", style="not bold dim")
        self._wrapped(line, 0)
        self.line()
        if not self._occasion.verbose:
            return
        for one in report.undecided:
            line = Text(plain(one.address, _LONGEST), style="bold")
            line.append(f"  {plain(one.rule, _LONGEST)}", style="not bold")
            self._line_of(2, line)
            self._wrapped(Text(plain(one.because, _LONGEST), style="dim"), _INDENT)
        self.line()

    def accepted(self, report: Report) -> None:
        if not report.accepted or not self._occasion.verbose:
            return
        self.line(Text(f"ACCEPTED  {len(report.accepted):,}", style="bold"))
        self.line()
        for one in report.accepted:
            line = Text(plain(one.finding.address, _LONGEST), style="bold")
            line.append(f"  {plain(one.finding.rule, _LONGEST)}", style="not bold")
            self._line_of(2, line)
            self._wrapped(Text(plain(one.reason, _LONGEST), style="dim"), _INDENT)
        self.line()

    def summary(self, report: Report) -> None:
        found, _, rest = summary(report).partition(" · ")
        line = Text(found, style="bold" if report.findings else "bold green")
        line.append(f" · {rest}", style="not bold default")
        self._wrapped(line, 0)

    def labelled(self, label: str, text: str, *, style: str, indent: int = _INDENT) -> None:
        self._wrapped(Text(plain(text, _LONGEST)), indent, label=Text(f"{label:<{_LABEL}}", style=style))

    def _line_of(self, indent: int, *parts: Text) -> None:
        """Write a line that is not broken: addresses, places and links are there to be copied."""
        line = Text(" " * indent)
        for part in parts:
            line.append_text(part)
        self.line(line)

    def _wrapped(self, text: Text, indent: int, label: Text | None = None) -> None:
        hanging = indent + (_LABEL if label else 0)
        lines = text.wrap(self._console, max(self._width - hanging, 10), overflow="fold")
        for number, line in enumerate(lines):
            line.rstrip()
            if label and number == 0:
                self._line_of(indent, label, line)
            else:
                self._line_of(hanging, line)
