"""Findings that were there before: written to a file once, so that only new ones are reported from then on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from tercet.errors import PreflightError
from tercet.preflight.findings import Accepted, Finding
from tercet.preflight.suppressions import ABOUT_SUPPRESSIONS, Applied

_VERSION: Final = 1
_KEYS: Final = ("fingerprint", "rule", "address")
_MOST_BYTES: Final = 50_000_000


def write(findings: Iterable[Finding], path: Path) -> int:
    """Write the baseline of these findings.

    Returns
    -------
    int
        How many are in it.

    Raises
    ------
    PreflightError
        The file cannot be written.
    """
    known = {
        finding.fingerprint: {"fingerprint": finding.fingerprint, "rule": finding.rule, "address": finding.address}
        for finding in findings
        if finding.rule not in ABOUT_SUPPRESSIONS
    }
    # In an order that does not depend on severities, so that the file changes only where the findings do.
    entries = sorted(known.values(), key=lambda entry: (entry["address"], entry["rule"], entry["fingerprint"]))
    try:
        path.write_text(json.dumps({"version": _VERSION, "findings": entries}, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise PreflightError(f"The baseline {path} cannot be written: {error.strerror}.") from error
    return len(entries)


def apply(findings: Iterable[Finding], path: Path, *, complete: bool = True) -> Applied:
    """Take the findings that the baseline knows out of these.

    Parameters
    ----------
    findings
        What is left of the findings.
    path
        The baseline.
    complete
        Whether every rule was asked: if not, an entry that is not found may be another rule's, and nothing is said.

    Raises
    ------
    PreflightError
        The file cannot be read, or is no baseline.
    """
    entries = _read(path)
    remaining: list[Finding] = []
    accepted: list[Accepted] = []
    found: set[str] = set()
    for finding in findings:
        if finding.fingerprint in entries and finding.rule not in ABOUT_SUPPRESSIONS:
            found.add(finding.fingerprint)
            accepted.append(Accepted(finding, f"in the baseline {path}"))
        else:
            remaining.append(finding)
    gone = [entry for fingerprint, entry in entries.items() if fingerprint not in found] if complete else []
    return Applied(
        tuple(remaining),
        tuple(accepted),
        tuple(
            f"The baseline {path} holds {entry['rule']} at {entry['address']}, which is not found any more: "
            "write the baseline anew."
            for entry in gone
        ),
    )


def _read(path: Path) -> dict[str, Mapping[str, str]]:
    try:
        if path.exists() and not path.is_file():  # a pipe may never end
            raise PreflightError(f"The baseline {path} is no file.")
        if path.stat().st_size > _MOST_BYTES:
            raise PreflightError(f"The baseline {path} is over {_MOST_BYTES} bytes.")
        said = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PreflightError(f"The baseline {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise PreflightError(f"The baseline {path} is not JSON: {error}") from error
    if not isinstance(said, dict) or said.get("version") != _VERSION or not isinstance(said.get("findings"), list):
        raise PreflightError(f"{path} is no baseline of this version: write it anew with --write-baseline.")
    for number, entry in enumerate(said["findings"], start=1):
        if not _is_entry(entry):
            raise PreflightError(f"Entry {number} of the baseline {path} lacks one of {', '.join(_KEYS)}.")
    return {entry["fingerprint"]: entry for entry in said["findings"]}


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in _KEYS)
