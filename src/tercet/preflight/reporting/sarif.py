"""For code scanning: SARIF 2.1.0, one run, with the help of each rule that has results."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any, Final
from urllib.parse import quote

from tercet.preflight.findings import Accepted, Finding, Report, Severity, Source
from tercet.preflight.reporting.occasion import Occasion, file_of, tool_version
from tercet.preflight.reporting.plain import plain, plain_json
from tercet.preflight.rule import Rule

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {
    Severity.APPLY_FAILS: "error",
    Severity.SILENT_OUTAGE: "error",
    Severity.SECURITY: "warning",
    Severity.POLICY: "warning",
    Severity.ADVICE: "note",
}
_ROOT: Final = "%SRCROOT%"
_FINGERPRINT: Final = "tercet/v1"
_LINK: Final = re.compile(r"\[(?=[^\[\]]*\]\()")


def write(report: Report, occasion: Occasion) -> str:
    """Write the log."""
    found = [*report.findings, *(one.finding for one in report.accepted)]
    indices = {name: index for index, name in enumerate(dict.fromkeys(finding.rule for finding in found))}
    severities = {finding.rule: finding.severity for finding in reversed(found)}
    results = [_result(finding, indices, occasion) for finding in report.findings]
    results += [_accepted(one, indices, occasion) for one in report.accepted]
    if occasion.verbose:
        results += [_open(one.rule, one.address, one.because) for one in report.undecided]
    run = {
        "tool": {
            "driver": {
                "name": "tercet",
                "version": tool_version(),
                "rules": [_descriptor(name, occasion.rules.get(name), severities[name]) for name in indices],
            }
        },
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(report)}],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return plain_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _descriptor(name: str, rule: Rule | None, severity: Severity) -> dict[str, Any]:
    descriptor: dict[str, Any] = {
        "id": plain(name),
        "defaultConfiguration": {"level": _LEVELS[rule.severity if rule else severity]},
        "properties": {"tags": [str(rule.severity if rule else severity)]},
    }
    if rule is not None:
        descriptor |= {
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": rule.rationale},
            "help": {"text": _help(rule), "markdown": _help(rule, code="```")},
        }
        if rule.sources:
            descriptor["helpUri"] = rule.sources[0]
    return descriptor


def _help(rule: Rule, code: str = "") -> str:
    fence = f"{code}terraform" if code else ""
    parts = [rule.rationale]
    if rule.aws_error:
        parts.append(f"AWS answers: {f'`{rule.aws_error}`' if code else rule.aws_error}")
    for label, example in (("Wrong:", rule.failing), ("Right:", rule.passing)):
        if example.strip():
            parts.append("\n".join(part for part in (label, fence, example.strip("\n"), code) if part))
    parts.append("Sources:\n" + "\n".join(f"- {source}" for source in rule.sources))
    return "\n\n".join(parts)


def _result(finding: Finding, indices: dict[str, int], occasion: Occasion) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": plain(finding.rule),
        "ruleIndex": indices[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(finding, occasion.target)],
        "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
        "properties": {"severity": str(finding.severity), "address": plain(finding.address)},
    }
    if finding.evidence:
        result["properties"]["evidence"] = {plain(name): plain(value) for name, value in finding.evidence.items()}
    return result


def _accepted(accepted: Accepted, indices: dict[str, int], occasion: Occasion) -> dict[str, Any]:
    suppression = {"kind": "external", "status": "accepted", "justification": _text(accepted.reason)}
    return {**_result(accepted.finding, indices, occasion), "suppressions": [suppression]}


def _open(rule: str, address: str, because: str) -> dict[str, Any]:
    """SARIF has a word for it: too little was known to decide."""
    return {
        "ruleId": plain(rule),
        "kind": "open",
        "level": "none",
        "message": {"text": f"Undecided: {_text(because)}"},
        "locations": [{"logicalLocations": [_logical(address)]}],
    }


def _notifications(report: Report) -> list[dict[str, Any]]:
    found = [{"level": "warning", "message": {"text": _text(warning)}} for warning in report.warnings]
    if report.undecided:
        number = len(report.undecided)
        found.append({"level": "note", "message": {"text": f"{number} undecided: the input does not say enough."}})
    return found


def _message(finding: Finding) -> str:
    lines: Iterable[str] = (
        finding.message,
        f"AWS answers: {finding.aws_error}" if finding.aws_error else "",
        f"Fix: {finding.fix}" if finding.fix else "",
    )
    return "\n".join(_text(line) for line in lines if line) or "It says nothing."  # an empty text is no SARIF


def _text(text: str) -> str:
    """Write text of the input, in which ``[words](address)`` would become a link."""
    return _LINK.sub(r"\\[", plain(text))


def _location(finding: Finding, target: str) -> dict[str, Any]:
    logical = [_logical(finding.address)]
    if finding.source.construct:
        logical.append({"fullyQualifiedName": plain(finding.source.construct), "kind": "module"})
    location: dict[str, Any] = {"logicalLocations": logical}
    file = file_of(finding.source) or (target if target != "-" else None)
    if file and not file.startswith("<"):
        location["physicalLocation"] = {
            "artifactLocation": _artifact(file),
            "region": {"startLine": _line(finding.source)},
        }
    return location


def _line(source: Source) -> int:
    return max(source.line or 1, 1) if source.file else 1


def _logical(address: str) -> dict[str, str]:
    return {"fullyQualifiedName": plain(address), "kind": "resource"}


def _artifact(file: str) -> dict[str, str]:
    """Return the file as an URI: below the working folder relative to it, as code scanning wants it."""
    path = PurePath(file.replace("\0", "\ufffd"))
    if path.is_absolute():
        try:
            path = path.relative_to(Path.cwd())
        except (ValueError, OSError):
            return {"uri": "file://" + _quoted(path.as_posix())}
    return {"uri": _quoted(path.as_posix()), "uriBaseId": _ROOT}


def _quoted(path: str) -> str:
    return quote(path, safe="/", errors="surrogatepass")
