"""What a format is told beside the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from tercet.preflight.findings import Finding, Report, Severity, Source
from tercet.preflight.rule import Rule

HEADINGS: Final[Mapping[Severity, tuple[str, str]]] = {
    Severity.APPLY_FAILS: ("Apply fails", "Terraform or AWS refuses it"),
    Severity.SILENT_OUTAGE: ("Silent outage", "it deploys, and does not work, or falls with one zone"),
    Severity.SECURITY: ("Security", "it deploys and works, for others too"),
    Severity.POLICY: ("Policy", "it is not what the stated intent says"),
    Severity.ADVICE: ("Advice", "it works, and costs something later"),
}
"""What each severity is called for a reader, and what it means."""


_STANDARD_INPUT: Final = "standard input"


@dataclass(frozen=True, slots=True)
class Occasion:
    """What was checked, with which rules, and how the reader wants it; see `tercet.preflight.reporting.render`."""

    rules: Mapping[str, Rule]
    target: str
    verbose: bool = False
    colour: bool = False
    width: int = 100


def by_severity(findings: Iterable[Finding]) -> dict[Severity, list[Finding]]:
    """Group findings, worst first; a severity without findings is left out."""
    groups: dict[Severity, list[Finding]] = {severity: [] for severity in Severity}
    for finding in findings:
        groups[finding.severity].append(finding)
    return {severity: group for severity, group in groups.items() if group}


def file_of(source: Source) -> str | None:
    """Return the file, where there is one that a program could open: what came on standard input is in none."""
    return source.file if source.file != _STANDARD_INPUT else None


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write a number with its noun: ``1 finding``, ``1,200 findings``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def summary(report: Report) -> str:
    """Say in one line what a check comes to."""
    groups = by_severity(report.findings)
    found = counted(len(report.findings), "finding") if report.findings else "No findings"
    if groups:
        found += ": " + ", ".join(f"{len(group):,} {severity}" for severity, group in groups.items())
    parts = [found]
    if report.undecided:
        parts.append(f"{len(report.undecided):,} undecided")
    if report.accepted:
        parts.append(f"{len(report.accepted):,} accepted")
    if report.warnings:
        parts.append(counted(len(report.warnings), "warning"))
    parts.append(f"{counted(report.resources, 'resource')}, {counted(report.rules, 'rule')}")
    return " · ".join(parts)


def tool_version() -> str:
    """Return the version of tercet, for formats that name their tool."""
    try:
        return version("tercet")
    except PackageNotFoundError:  # a checkout that was never installed
        return "0"
