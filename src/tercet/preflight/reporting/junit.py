"""For a test runner's page: a suite per severity, in which a rule is a test."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite

from tercet.preflight.findings import Finding, Report, Severity, Undecided
from tercet.preflight.reporting.occasion import Occasion
from tercet.preflight.reporting.plain import place, plain

_NAME: Final = "tercet"


def write(report: Report, occasion: Occasion) -> str:
    """Write JUnit's XML: a failure per finding, a skip per undecided, and a passed test per rule with neither.

    Accepted findings count as passed: their tests carry the reason.
    """
    cases: dict[Severity, list[TestCase]] = defaultdict(list)
    found = [*report.findings, *(accepted.finding for accepted in report.accepted)]
    spoken = {finding.rule for finding in found} | {unknown.rule for unknown in report.undecided}
    for finding in report.findings:
        cases[finding.severity].append(_failed(finding))
    for unknown in report.undecided:
        rule = occasion.rules.get(unknown.rule)
        cases[rule.severity if rule else Severity.ADVICE].append(_skipped(unknown))
    for accepted in report.accepted:
        case = _case(accepted.finding.rule, accepted.finding.address)
        case.system_out = plain(f"Accepted: {accepted.reason}")
        cases[accepted.finding.severity].append(case)
    for name, rule in occasion.rules.items():
        if name not in spoken:
            cases[rule.severity].append(_case(name, "all"))
    document = JUnitXml(_NAME)
    for severity in Severity:
        if cases[severity]:
            suite = TestSuite(f"{_NAME}.{severity}")
            suite.add_testcases(cases[severity])
            document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]  # junitparser's
    text: bytes = document.tostring()  # type: ignore[no-untyped-call]  # junitparser's
    return text.decode("utf-8").rstrip() + "\n"


def _case(rule: str, address: str) -> TestCase:
    return TestCase(name=f"{plain(rule)} [{plain(address)}]", classname=f"{_NAME}.{plain(rule)}", time=0)


def _failed(finding: Finding) -> TestCase:
    case = _case(finding.rule, finding.address)
    failure = Failure(plain(finding.message), str(finding.severity))
    lines = [
        finding.message,
        f"AWS answers: {finding.aws_error}" if finding.aws_error else "",
        *(f"{name} = {value}" for name, value in finding.evidence.items()),
        f"Fix: {finding.fix}" if finding.fix else "",
        finding.docs,
        place(finding.source),
    ]
    failure.text = "\n".join(plain(line) for line in lines if line)
    case.result = [failure]
    return case


def _skipped(unknown: Undecided) -> TestCase:
    case = _case(unknown.rule, unknown.address)
    case.result = [Skipped(plain(f"Undecided: {unknown.because}"))]
    return case
