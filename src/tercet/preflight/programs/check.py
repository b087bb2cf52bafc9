"""Checks the Python programs of a CDK Terrain or CDKTF app: read, never run, and the bindings never imported."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tercet.preflight.findings import Finding, Source, worst_first
from tercet.preflight.programs import (
    attributes,
    calls,
    dicts,
    handlers,
    ids,
    imports,
    own_attributes,
    own_imports,
    passwords,
    provider_twice,
    providers,
    scopes,
    structs,
    synthesis,
    token_ids,
    tokens,
    undefined,
)
from tercet.preflight.programs.apps import App
from tercet.preflight.programs.bindings import Bindings
from tercet.preflight.programs.expected import is_expected
from tercet.preflight.programs.found import Look, Wrong, finding
from tercet.preflight.programs.inference import Inferences
from tercet.preflight.programs.older import Older
from tercet.preflight.programs.reading import Broken, Program, Reader
from tercet.preflight.programs.rules import rule

_PER_RULE_LIMIT: Final = 100
_SITE_PACKAGES: Final = (".venv/lib/python3*/site-packages", "venv/lib/python3*/site-packages")
_REQUIREMENTS: Final = ("requirements.txt", "pyproject.toml", "Pipfile")
_REQUIREMENTS_LIMIT_BYTES: Final = 1024 * 1024
# Until version 10 a module of CDKTF's provider held all resources of a service.
_FIRST_PER_RESOURCE: Final = 10
_PINNED: Final = re.compile(
    r"cdktf[-_]cdktf[-_]provider[-_]aws[\"']?\s{0,5}(?:=|~=|==)\s{0,5}[\"']?[=~^]{0,2}\s?(\d{1,4})"
)
_MENTIONS: Final = re.compile(r"^\s{0,200}(?:from|import)\s{1,20}(?:cdktf|cdktn|constructs)", re.MULTILINE)
# What a later Python than this one may accept.
_LATER_SYNTAX: Final = re.compile(
    r"^\s*(?:type\s+\w+|(?:async\s+)?def\s+\w+\[|class\s+\w+\[|except\s+\w+\s*,)|\bt[\"']|f[\"']"
)

Check = Callable[[Look], Iterator[Wrong]]
_CHECKS: Final[tuple[Check, ...]] = (
    imports.check,
    own_imports.check,
    calls.check,
    structs.check,
    dicts.check,
    attributes.check,
    own_attributes.check,
    ids.check,
    scopes.check,
    synthesis.check,
    providers.check,
    provider_twice.check,
    token_ids.check,
    tokens.check,
    passwords.check,
)


@dataclass(frozen=True)
class ProgramReport:
    """What was found in the programs.

    Parameters
    ----------
    findings
        Worst first, then by address.
    warnings
        What was passed over, and why.
    files
        How many files were looked at.
    """

    findings: list[Finding] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    files: int = 0


def check_programs(path: Path, *, bindings: Bindings | None = None) -> ProgramReport:
    """Check a Python file, or the Python files of a folder.

    Parameters
    ----------
    path
        The file or folder.
    bindings
        The installed bindings; those of the app's virtual environment, else of this Python, if None.

    Raises
    ------
    PreflightError
        The path is neither a folder nor a readable file.
    """
    reader = Reader(path)
    read = list(reader.read())
    programs = [one for one in read if isinstance(one, Program)]
    bindings = bindings or Bindings([*_app_folders(path), *(Path(entry) for entry in sys.path if entry)])
    warnings = reader.warnings
    app = _files_of_app(programs)
    findings: list[Finding] = []
    for one in read:
        if isinstance(one, Broken):
            findings += _broken(one, warnings, app, is_named=one.file == str(path))
    reason = _reason_against_bindings(path, programs, bindings)
    if reason:
        warnings.append(reason)
    inferences = Inferences(App(programs), bindings)
    for program in programs:
        is_of_app = program.relative in app or program.file == str(path)
        findings += _one(program, inferences, warnings, is_of_app=is_of_app, has_bindings=not reason)
    return ProgramReport(list(worst_first(findings)), warnings, reader.files)


def _one(
    program: Program, inferences: Inferences, warnings: list[str], *, is_of_app: bool, has_bindings: bool
) -> list[Finding]:
    bindings = inferences.bindings
    try:
        found = list(_bounded(program, undefined.check(program, bindings, is_of_app=is_of_app), warnings))
        found += _bounded(program, handlers.check(program), warnings)
        if program.uses_bindings and has_bindings:
            look = Look(program, bindings, inferences.of(program), Older(bindings, program.core))
            for check in _CHECKS:
                wrongs = (one for one in check(look) if not is_expected(program.outline, one))
                found += _bounded(program, wrongs, warnings)
    except (RecursionError, undefined.Unreadable):
        warnings.append(f"{program.file} is passed over: it is nested too deeply.")
        return []
    return found


def _bounded(program: Program, wrongs: Iterator[Wrong], warnings: list[str]) -> Iterator[Finding]:
    counts: Counter[str] = Counter()
    for wrong in wrongs:
        counts[wrong.rule] += 1
        if counts[wrong.rule] > _PER_RULE_LIMIT:
            warnings.append(
                f"{program.file} has more than {_PER_RULE_LIMIT} findings of {wrong.rule}; the first are shown."
            )
            return
        yield finding(program, wrong)


def _broken(one: Broken, warnings: list[str], app: frozenset[str], *, is_named: bool) -> list[Finding]:
    said, line = str(one.error.msg or "invalid syntax"), one.error.lineno
    version = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    text = one.text.splitlines()[line - 1] if line and line <= len(one.text.splitlines()) else ""
    if _LATER_SYNTAX.search(text[:1000]) or not (is_named or one.relative in app or _MENTIONS.search(one.text)):
        # A template, an example for another Python, something that the app never loads: no reason to stop anybody.
        warnings.append(f"{one.file} is passed over: {version} cannot parse it ({said}, line {line}).")
        return []
    about = rule("program-syntax-error")
    return [
        Finding(
            rule=about.id,
            severity=about.severity,
            address=one.relative,
            message=f"{version} cannot parse the file: {said}. The program stops before it writes anything.",
            aws_error=f"{type(one.error).__name__}: {said}",
            evidence={"line": text.strip()[:100]} if text else {},
            fix="Correct what stands at this line, or just above it.",
            docs=about.sources[0],
            source=Source(file=one.file, line=line),
        )
    ]


def _files_of_app(programs: Sequence[Program]) -> frozenset[str]:
    """Return the files that use the bindings, and those that they import, one by another."""
    by_module: dict[str, list[Program]] = {}
    for program in programs:
        parts = program.relative.removesuffix(".py").removesuffix("/__init__").split("/")
        by_module.setdefault(parts[-1], []).append(program)
    waiting = [program for program in programs if program.uses_bindings]
    found = {program.relative for program in waiting}
    while waiting:
        for name in waiting.pop().imported:
            for other in by_module.get(name.rpartition(".")[2], ()):
                dotted = other.relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                if other.relative not in found and (dotted.endswith(name) or name.endswith(dotted)):
                    found.add(other.relative)
                    waiting.append(other)
    return frozenset(found)


def _app_folders(path: Path) -> list[Path]:
    """Find the virtual environment of the app, whose bindings are the ones that it runs with."""
    root = path if path.is_dir() else path.parent
    found: list[Path] = []
    for folder in (root, root.parent):
        for pattern in _SITE_PACKAGES:
            try:
                found += sorted(folder.glob(pattern))[:4]
            except OSError:
                continue
    return found


def _reason_against_bindings(path: Path, programs: Sequence[Program], bindings: Bindings) -> str | None:
    """Return why the programs cannot be measured by the bindings; None if they can."""
    using = [program for program in programs if program.uses_bindings]
    if not using:
        return None
    if not bindings.package("cdktn") and not bindings.package("cdktf"):
        return "The bindings (cdktn, cdktn-provider-aws) are not installed: only undefined names are looked for."
    has_own = (found := bindings.package("cdktf_cdktf_provider_aws")) and found[0].startswith("cdktf")
    pinned = _pinned_provider(path)
    if pinned is not None and pinned < _FIRST_PER_RESOURCE and not has_own:
        return (
            f"The app is pinned to version {pinned} of CDKTF's AWS provider, whose modules were others: "
            "only undefined names are looked for."
        )
    return None


def _pinned_provider(path: Path) -> int | None:
    root = path if path.is_dir() else path.parent
    for name in _REQUIREMENTS:
        try:
            with (root / name).open("rb") as file:
                found = _PINNED.search(file.read(_REQUIREMENTS_LIMIT_BYTES).decode("utf-8", "replace"))
        except OSError:
            continue
        if found:
            return int(found[1])
    return None
