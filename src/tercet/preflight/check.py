"""Checks configurations and programs: loads them, asks every rule, hears what was accepted, and reports."""

from __future__ import annotations

import dataclasses
import datetime
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tercet.preflight import engine, loading, registry, suppressions
from tercet.preflight.engine import Answers
from tercet.preflight.findings import Edit, Finding, Report, worst_first
from tercet.preflight.knowledge.dated import age_warning
from tercet.preflight.options import Options
from tercet.preflight.programs import check_programs


def check_path(path: Path | str, options: Options | None = None) -> Report:
    """Check what is at a path: a folder, a file, a plan, a Python program; ``-`` is standard input.

    Raises
    ------
    PreflightError
        There is nothing that can be checked.
    """
    return check_paths([Path(path)], options)


def check_paths(paths: Iterable[Path], options: Options | None = None) -> Report:
    """Check what is at several paths, as one.

    Raises
    ------
    PreflightError
        At one of them there is nothing that can be checked.
    """
    options = _dated(options)
    return _report([answers for path in paths for answers in _answers(path, options)], options)


def check_configuration(
    configuration: Mapping[str, Any], options: Options | None = None, name: str = "cdk.tf.json"
) -> Report:
    """Check a configuration in Terraform's JSON syntax, or a plan.

    Raises
    ------
    PreflightError
        It is no configuration.
    """
    options = _dated(options)
    return _report([engine.ask(loading.load_document(dict(configuration), name), options)], options)


def _dated(options: Options | None) -> Options:
    options = options or Options()
    return (
        options if options.as_of else dataclasses.replace(options, as_of=datetime.datetime.now(tz=datetime.UTC).date())
    )


def _answers(path: Path, options: Options) -> list[Answers]:
    found = []
    if path.suffix == ".py" or path.is_dir():
        programs = check_programs(path)
        if programs.files:
            found.append(Answers(findings=tuple(programs.findings), warnings=tuple(programs.warnings)))
    if not found or (path.is_dir() and loading.holds_configuration(path)):
        found += [engine.ask(graph, options) for graph in loading.load(path)]
    return found


def _report(answers: list[Answers], options: Options) -> Report:
    known = registry.everything()
    asked = registry.chosen(options.select, options.ignore, known)
    as_of = options.as_of or datetime.datetime.now(tz=datetime.UTC).date()
    findings = [
        finding for one in _mendable(answers) for finding in one if finding.rule in asked or finding.rule not in known
    ]
    undecided = tuple(dict.fromkeys(unknown for one in answers for unknown in one.undecided))
    accepting = (*options.suppressions, *(accepted for one in answers for accepted in one.suppressions))
    outcome = suppressions.apply(findings, accepting, as_of, asked=asked, undecided=undecided)
    warnings = (*(said for one in answers for said in one.warnings), *outcome.warnings, *age_warning(as_of))
    return Report(
        findings=worst_first(outcome.remaining),
        undecided=undecided,
        accepted=outcome.accepted,
        warnings=tuple(dict.fromkeys(warnings)),
        resources=sum(one.resources for one in answers),
        rules=len(asked),
    )


def _mendable(answers: list[Answers]) -> list[list[Finding]]:
    """Take away each edit of a file that belongs to another root module too, which does not want it."""
    if len(answers) < 2 or not any(finding.edit for one in answers for finding in one.findings):
        return [list(one.findings) for one in answers]
    files = [{os.path.realpath(file) for file in one.files} for one in answers]
    wanted = [{_really(finding.edit) for finding in one.findings if finding.edit} for one in answers]

    def is_refused(edit: Edit) -> bool:
        really = _really(edit)
        return any(really.file in of and really not in edits for of, edits in zip(files, wanted, strict=True))

    return [
        [
            dataclasses.replace(finding, edit=None) if finding.edit and is_refused(finding.edit) else finding
            for finding in one.findings
        ]
        for one in answers
    ]


def _really(edit: Edit) -> Edit:
    return dataclasses.replace(edit, file=os.path.realpath(edit.file))


__all__ = ["Options", "check_configuration", "check_path", "check_paths"]
