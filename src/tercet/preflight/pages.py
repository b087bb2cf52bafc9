"""Writes a rule down: for `tercet rules`, for `tercet check --explain`, and for its page in the documentation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Final

from tercet.preflight.findings import Finding, Severity
from tercet.preflight.reporting.plain import place, plain
from tercet.preflight.rule import Rule

WIDTH: Final = 100


def listing(rules: Iterable[Rule]) -> str:
    """List rules: severity, id, title."""
    lines = []
    ordered = sorted(rules, key=lambda rule: (rule.severity.rank, rule.id))
    for rule in ordered:
        lines.append(f"{rule.severity:14} {rule.id:40} {rule.title}")
    return "\n".join([*lines, "", f"{len(ordered)} rules. `tercet rules RULE` shows one."]) + "\n"


def index(rules: Iterable[Rule]) -> str:
    """Write the index of the pages, by severity."""
    listed = list(rules)
    parts = [
        f"# The preflight's {len(listed)} rules",
        "Generated from the rules themselves; `tercet rules RULE` shows the same.",
    ]
    for severity in Severity:
        rows = [f"| [{rule.id}]({rule.id}.md) | {rule.title} |" for rule in listed if rule.severity is severity]
        if rows:
            parts.append(f"## {severity}\n\n{_meaning(severity).capitalize()}.")
            parts.append("\n".join(["| rule | what it finds |", "|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def page(rule: Rule) -> str:
    """Write one rule as Markdown, which a terminal can show as it is."""
    language = "python" if rule.run is None else "terraform"
    intent = rule.intent.stated
    parts = [
        f"# {rule.id}",
        f"{rule.title}.",
        f"Severity: **{rule.severity}** ({_meaning(rule.severity)}).",
        _filled(rule.rationale),
    ]
    if rule.aws_error:
        seen = "seen in public logs" if rule.confirmed else "from documentation or experience; the wording may differ"
        parts += [f"What is answered ({seen}):", _block("text", rule.aws_error)]
    if intent:
        parts += ["It demands nothing unless the intent says:", _block("toml", _toml(intent))]
    parts += ["## Fails", _block(language, rule.failing), "## Passes", _block(language, rule.passing), "## Sources"]
    parts.append("\n".join(f"- <{source}>" for source in rule.sources))
    return "\n\n".join(parts) + "\n"


def explanation(finding: Finding, rule: Rule | None) -> str:
    """Write one finding in full, and the rule behind it."""
    lines = [
        f"{finding.rule}  {finding.severity}  {finding.fingerprint}",
        f"  {plain(finding.address)}  {place(finding.source)}".rstrip(),
        "",
        textwrap.fill(plain(finding.message), WIDTH),
    ]
    if finding.aws_error:
        lines += ["", "What is answered:", textwrap.indent(textwrap.fill(plain(finding.aws_error), WIDTH - 2), "  ")]
    if finding.evidence:
        lines += ["", "Evidence:", *(f"  {plain(name)} = {plain(value)}" for name, value in finding.evidence.items())]
    if finding.fix:
        lines += ["", "Fix:", textwrap.indent(textwrap.fill(plain(finding.fix), WIDTH - 2), "  ")]
    if finding.docs:
        lines += ["", f"Source: {finding.docs}"]
    return "\n".join(lines) + "\n\n" + (page(rule) if rule is not None else "")


def _meaning(severity: Severity) -> str:
    return {
        Severity.APPLY_FAILS: "Terraform or AWS refuses it",
        Severity.SILENT_OUTAGE: "it deploys, and does not work or falls with one zone",
        Severity.SECURITY: "it deploys and works, for others too",
        Severity.POLICY: "it is not what the stated intent says",
        Severity.ADVICE: "it works, and costs something later",
    }[severity]


def _filled(text: str) -> str:
    return "\n\n".join(textwrap.fill(" ".join(one.split()), 120) for one in text.strip().split("\n\n"))


def _block(language: str, text: str) -> str:
    return f"```{language}\n{textwrap.dedent(text).strip()}\n```"


def _toml(intent: dict[str, object]) -> str:
    import json

    return "\n".join(f"{name} = {json.dumps(value)}" for name, value in intent.items())
