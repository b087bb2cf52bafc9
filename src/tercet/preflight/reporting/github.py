"""For a GitHub workflow: commands that put each finding beside its line in the pull request."""

from __future__ import annotations

from typing import Final

from tercet.preflight.findings import Finding, Report, Severity
from tercet.preflight.reporting.occasion import Occasion, file_of, summary
from tercet.preflight.reporting.plain import plain

_COMMANDS: Final = {
    Severity.APPLY_FAILS: "error",
    Severity.SILENT_OUTAGE: "error",
    Severity.SECURITY: "warning",
    Severity.POLICY: "warning",
    Severity.ADVICE: "notice",
}

_LONGEST_TITLE: Final = 250


def write(report: Report, occasion: Occasion) -> str:
    """Write a command per finding, one per warning, and a line that sums it up."""
    lines = [_command(finding) for finding in report.findings]
    lines += [f"::notice title=tercet::{_data(plain(warning))}" for warning in report.warnings]
    if occasion.verbose:
        lines += [
            f"::notice title={_property(f'undecided {one.rule}')}::{_data(plain(f'{one.address}: {one.because}'))}"
            for one in report.undecided
        ]
    return "\n".join([*lines, summary(report)]) + "\n"


def _command(finding: Finding) -> str:
    where = {}
    if file := file_of(finding.source):
        where["file"] = file
        where["line"] = str(max(finding.source.line or 1, 1))
    where["title"] = plain(f"{finding.rule} {finding.address}", _LONGEST_TITLE)
    properties = ",".join(f"{name}={_property(value)}" for name, value in where.items())
    paragraphs = [
        finding.message,
        f"AWS answers: {finding.aws_error}" if finding.aws_error else "",
        f"Fix: {finding.fix}" if finding.fix else "",
        finding.docs,
    ]
    message = "\n".join(plain(paragraph) for paragraph in paragraphs if paragraph)
    return f"::{_COMMANDS[finding.severity]} {properties}::{_data(message)}"


def _data(text: str) -> str:
    """Escape as the runner unescapes what follows the second pair of colons."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape as the runner unescapes a property."""
    return _data(plain(text)).replace(":", "%3A").replace(",", "%2C")
