"""For a program: everything that a check says; ``report.schema.json`` beside this file describes it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from tercet.preflight.findings import FORMAT_VERSION, Edit, Finding, Report, Severity
from tercet.preflight.reporting.occasion import Occasion
from tercet.preflight.reporting.plain import plain_json


def write(report: Report, occasion: Occasion) -> str:
    """Write the JSON document."""
    counts = dict.fromkeys(Severity, 0)
    for finding in report.findings:
        counts[finding.severity] += 1
    document = {
        "version": FORMAT_VERSION,
        "target": occasion.target,
        "findings": [_finding(finding) for finding in report.findings],
        "undecided": [{"rule": one.rule, "address": one.address, "because": one.because} for one in report.undecided],
        "accepted": [{"finding": _finding(one.finding), "reason": one.reason} for one in report.accepted],
        "warnings": list(report.warnings),
        "summary": {
            "findings": len(report.findings),
            "by_severity": {str(severity): number for severity, number in counts.items()},
            "undecided": len(report.undecided),
            "accepted": len(report.accepted),
            "warnings": len(report.warnings),
            "resources": report.resources,
            "rules": report.rules,
        },
    }
    return plain_json(document)


def schema() -> dict[str, Any]:
    """Read the JSON Schema of the document."""
    text = (files("tercet.preflight.reporting") / "report.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _finding(finding: Finding) -> dict[str, Any]:
    source = finding.source
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "address": finding.address,
        "message": finding.message,
        "aws_error": finding.aws_error,
        "evidence": dict(finding.evidence),
        "fix": finding.fix,
        "docs": finding.docs,
        # A line counts from 1; whatever else was given is not one.
        "source": {
            "file": source.file,
            "line": source.line if (source.line or 0) > 0 else None,
            "construct": source.construct,
        },
        "edit": _edit(finding.edit) if finding.edit else None,
        "fingerprint": finding.fingerprint,
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {"file": edit.file, "line": edit.line, "old": edit.old, "new": edit.new}
