"""For a browser: one page that needs nothing beside it, not even a script."""

from __future__ import annotations

from functools import partial
from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined

from tercet.preflight.findings import Finding, Report, Severity
from tercet.preflight.reporting.occasion import HEADINGS, Occasion, by_severity, counted, tool_version
from tercet.preflight.reporting.plain import place, plain

_TEMPLATE: Final = "report.html.jinja"
_LONGEST: Final = 2_000


def write(report: Report, occasion: Occasion) -> str:
    """Write the page."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters.update(plain=partial(plain, longest=_LONGEST), place=place, link=_link, counted=counted)
    template = environment.from_string((files(__package__) / _TEMPLATE).read_text(encoding="utf-8"))
    groups = by_severity(report.findings)
    return template.render(
        report=report,
        target=occasion.target,
        version=tool_version(),
        headings=HEADINGS,
        severities=list(Severity),
        groups=groups,
        titles=_titles(report.findings, occasion),
    )


def _titles(findings: tuple[Finding, ...], occasion: Occasion) -> dict[str, str]:
    return {one.rule: rule.title for one in findings if (rule := occasion.rules.get(one.rule)) is not None}


def _link(address: str) -> str | None:
    """Return what may be opened; a page must not run what a configuration says."""
    return address if address.startswith(("https://", "http://")) else None
