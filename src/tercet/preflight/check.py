"""Checks a configuration: loads it, asks every rule, and reports."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tercet.preflight import engine, loading, registry, suppressions
from tercet.preflight.findings import Report
from tercet.preflight.options import Options


def check_path(path: Path | str, options: Options | None = None) -> Report:
    """Check what is at a path: a folder, a file, a plan, a Python program; ``-`` is standard input.

    Raises
    ------
    PreflightError
        There is nothing that can be checked.
    """
    path, options = Path(path), options or Options()
    reports = _programs(path, options)
    if not reports or (path.is_dir() and loading.holds_configuration(path)):
        reports += [engine.run(graph, options) for graph in loading.load(path)]
    return merge(reports)


def _programs(path: Path, options: Options) -> list[Report]:
    """Check a Python program, or those in a folder if they make an app; no report where there is none."""
    if path.suffix != ".py" and not path.is_dir():
        return []
    from tercet.preflight.programs import check_programs

    checked = check_programs(path)
    if not checked.files:
        return []
    rules = registry.chosen(options.select, options.ignore, registry.everything())
    as_of = options.as_of or datetime.datetime.now(tz=datetime.UTC).date()
    kept = [finding for finding in checked.findings if finding.rule in rules]
    outcome = suppressions.apply(kept, options.suppressions, as_of, asked=rules)
    asked = sum(1 for rule in rules.values() if rule.run is None)
    return [Report(outcome.remaining, (), outcome.accepted, (*checked.warnings, *outcome.warnings), 0, asked)]


def check_configuration(
    configuration: Mapping[str, Any], options: Options | None = None, name: str = "cdk.tf.json"
) -> Report:
    """Check a configuration in Terraform's JSON syntax, or a plan.

    Raises
    ------
    PreflightError
        It is no configuration.
    """
    return merge([engine.run(loading.load_document(dict(configuration), name), options or Options())])


def merge(reports: Iterable[Report]) -> Report:
    """Make one report of several."""
    from tercet.preflight.findings import worst_first

    listed = list(reports)
    return Report(
        findings=worst_first(one for report in listed for one in report.findings),
        undecided=tuple(dict.fromkeys(one for report in listed for one in report.undecided)),
        accepted=tuple(one for report in listed for one in report.accepted),
        warnings=tuple(dict.fromkeys(one for report in listed for one in report.warnings)),
        resources=sum(report.resources for report in listed),
        rules=max((report.rules for report in listed), default=0),
    )


__all__ = ["Options", "check_configuration", "check_path", "merge"]
