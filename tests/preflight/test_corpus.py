"""Good configurations, as well-regarded projects write them, raise no alarm.

Each folder below ``corpus/good`` is a root module of its own. All of them are valid for Terraform; those that need no
provider but AWS were asked by ``terraform validate``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tercet.preflight.check import Options, check_path
from tercet.preflight.findings import Report, Severity

GOOD = Path(__file__).parent / "corpus" / "good"
NAMES = sorted(path.name for path in GOOD.iterdir() if path.is_dir())
MODULES = sorted(path for path in GOOD.glob("*/modules/*") if path.is_dir())
MOST_UNDECIDED_PER_RESOURCE = 0.2
"""Beyond, the answers would be honest and of no use."""


@cache
def checked(name: str) -> Report:
    return check_path(GOOD / name, Options())


@pytest.mark.parametrize("name", NAMES)
def test_no_alarm(name: str):
    report = checked(name)
    assert report.resources > 0
    assert [f"{one.rule} {one.address}: {one.message}" for one in report.at_least(Severity.SILENT_OUTAGE)] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: "/".join(path.relative_to(GOOD).parts))
def test_no_alarm_on_a_module_by_itself(module: Path):
    """Whoever keeps modules checks them where nothing gives their variables a value."""
    report = check_path(module, Options())
    assert [f"{one.rule} {one.address}: {one.message}" for one in report.at_least(Severity.SILENT_OUTAGE)] == []


def test_most_is_decided(capsys: pytest.CaptureFixture[str]):
    reports = {name: checked(name) for name in NAMES}
    resources = sum(report.resources for report in reports.values())
    undecided = sum(len(report.undecided) for report in reports.values())
    with capsys.disabled():
        print(f"\ncorpus: {len(NAMES)} configurations, {resources} resources, {undecided} undecided")
    assert undecided <= MOST_UNDECIDED_PER_RESOURCE * resources
