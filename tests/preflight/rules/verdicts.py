"""What one rule says of a configuration: found, silent, or undecided."""

from __future__ import annotations

from tercet.preflight.check import Options
from tercet.preflight.intent import Intent
from tests.preflight.checking import check_hcl

FOUND, SILENT, UNDECIDED = "found", "silent", "undecided"


def verdict(rule: str, text: str, intent: Intent | None = None) -> str:
    """Ask one rule."""
    report = check_hcl(text, options=Options(intent=intent or Intent(), select=(rule,)))
    if report.findings:
        return FOUND
    return UNDECIDED if report.undecided else SILENT


def block(kind: str, name: str, body: str, mode: str = "resource") -> str:
    """Write a block."""
    return f'{mode} "{kind}" "{name}" {{\n{body}\n}}\n'
