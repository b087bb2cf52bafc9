"""Every rule finds its failing example, in both syntaxes, and every rule lets every passing example pass."""

from __future__ import annotations

import re

import pytest

from tercet.preflight import registry
from tercet.preflight.check import Options
from tercet.preflight.findings import Report, Severity
from tercet.preflight.rule import Rule
from tests.preflight.as_json import as_json
from tests.preflight.checking import check_hcl, check_json_file, found

RULES = list(registry.all_rules().values())
SYNTAXES = {
    "hcl": lambda text, options: check_hcl(text, options=options),
    "json": lambda text, options: check_json_file(as_json(text), options=options),
}


def _asked(rule: Rule, text: str, syntax: str, *, alone: bool = False) -> Report:
    return SYNTAXES[syntax](text, Options(intent=rule.intent, select=(rule.id,) if alone else ()))


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_failing_example_is_found(rule: Rule, syntax: str):
    findings = found(_asked(rule, rule.failing, syntax, alone=True), rule.id)
    assert findings
    for finding in findings:
        assert finding.severity is rule.severity
        assert finding.message.endswith((".", ")", "`"))
        assert finding.fix


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_passing_example_passes_all_rules(rule: Rule, syntax: str):
    report = _asked(rule, rule.passing, syntax)
    assert [f"{one.rule} {one.address}: {one.message}" for one in report.at_least(Severity.SECURITY)] == []
    assert found(report, rule.id) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_its_page_needs(rule: Rule):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.id)
    assert rule.title
    assert rule.rationale
    assert rule.sources
    assert all(source.startswith("https://") for source in rule.sources)
    assert rule.failing.strip() != rule.passing.strip()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_failing_example_shows_one_failure(rule: Rule):
    """Whoever reads the example is to see this failure, and not hunt it among others."""
    others = {one.rule for one in _asked(rule, rule.failing, "hcl").at_least(Severity.APPLY_FAILS)} - {rule.id}
    passing = {one.rule for one in _asked(rule, rule.passing, "hcl").at_least(Severity.APPLY_FAILS)}
    assert others <= passing | {rule.id} | ACCOMPANIED.get(rule.id, set())


ACCOMPANIED: dict[str, set[str]] = {}
"""Rules whose failure cannot be had without another's: rule → the others."""
