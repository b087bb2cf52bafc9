"""Checks stacks of CDK Terrain or CDKTF as they are in memory, without knowing which of the two it is."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tercet.preflight import construct_lines, intent, registry, suppressions
from tercet.preflight.check import Options, check_configuration
from tercet.preflight.findings import Finding, Report, Source
from tercet.preflight.intent import Intent
from tercet.preflight.reporting.plain import place, plain


def options(stated: Intent | Mapping[str, Any] | Path | str | None, accept: Path | str | None) -> Options:
    """Return how to check, from an intent in whatever form and a file of accepted findings.

    Raises
    ------
    PreflightError
        One of the files cannot be read, or says what it may not say.
    """
    if isinstance(stated, Path | str):
        stated = intent.load(Path(stated))
    elif not isinstance(stated, Intent):
        stated = intent.parse(stated or {})
    accepted = suppressions.from_file(Path(accept), registry.everything()) if accept is not None else ()
    return Options(intent=stated, suppressions=accepted)


def is_a(construct: Any, name: str) -> bool:
    """Tell whether a construct is one of the bindings' own kind, such as ``TerraformStack``."""
    return any(base.__name__ == name and _package(base) in ("cdktn", "cdktf") for base in type(construct).__mro__)


def run_aspects(stack: Any) -> None:
    """Have the aspects of a stack change it, as a synthesis would."""
    bindings = next(base for base in type(stack).__mro__ if base.__name__ == "TerraformStack").__module__
    sys.modules[bindings].Testing.synth(stack)


def check_stack(stack: Any, chosen: Options) -> Report:
    """Check a stack; findings stand at the lines where their constructs were made, where those were recorded."""
    # No file's name: there is no file yet, and one of an earlier synthesis must not be taken for it.
    report = check_configuration(stack.to_terraform(), chosen, name=f"stack {stack.node.id}")
    lines = construct_lines.lines()
    return dataclasses.replace(report, findings=tuple(_at_its_line(one, lines) for one in report.findings))


def described(finding: Finding) -> str:
    """Write a finding for an exception's text: one line that says where and what, and what belongs to it below."""
    where = place(finding.source)
    lines = [
        f"{plain(finding.address)}: {finding.severity}, {plain(finding.rule)}",
        f"at {where}" if where else "",
        plain(finding.message),
        f"AWS answers: {plain(finding.aws_error)}" if finding.aws_error else "",
        f"Fix: {plain(finding.fix)}" if finding.fix else "",
        plain(finding.docs),
    ]
    return "\n      ".join(line for line in lines if line)


def _at_its_line(finding: Finding, lines: Mapping[str, tuple[str, int]]) -> Finding:
    construct = finding.source.construct
    file, line = lines.get(construct or "", (None, None))
    return dataclasses.replace(finding, source=Source(file or None, line or None, construct))


def _package(kind: type) -> str:
    return kind.__module__.partition(".")[0]
