"""Checks text, as a user's files would be checked."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from tercet.preflight.check import Options, check_configuration, check_path
from tercet.preflight.findings import Finding, Report
from tercet.preflight.intent import Intent


def check_hcl(text: str, intent: Intent | None = None, *, options: Options | None = None, **files: str) -> Report:
    """Check HCL; `files` are more files beside it: ``modules__a__main`` is ``modules/a/main.tf``."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf").write_text(text, encoding="utf-8")
        for name, inside in files.items():
            path = Path(folder) / (name.replace("__", "/") + ".tf")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(inside, encoding="utf-8")
        return check_path(Path(folder), options or Options(intent=intent or Intent()))


def check_json(
    configuration: dict[str, Any], intent: Intent | None = None, *, options: Options | None = None
) -> Report:
    """Check a configuration in the JSON syntax, or a plan."""
    return check_configuration(configuration, options or Options(intent=intent or Intent()))


def check_json_file(configuration: dict[str, Any], *, options: Options | None = None) -> Report:
    """Check a configuration in the JSON syntax that stands in a folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "main.tf.json"
        path.write_text(json.dumps(configuration), encoding="utf-8")
        return check_path(path.parent, options)


def found(report: Report, rule: str) -> list[Finding]:
    """Return the findings of one rule."""
    return [finding for finding in report.findings if finding.rule == rule]
