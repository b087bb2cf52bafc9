"""Clocks that differ by five minutes: a processor takes a live operation for abandoned, at every moment of its work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tercet.payments.database.opening import open_database
from tests.payments.faults.interleaving import FIVE_MINUTES_MS, OTHERS, SCENARIOS_MET, STOPPED, Stage
from tests.payments.faults.unguarded import PARTS, Parts


@pytest.mark.slow
def test_whoever_comes_between_does_no_harm(sqlite_url: str, tmp_path: Path) -> None:
    stage = Stage(lambda: open_database(sqlite_url), tmp_path, skew_ms=FIVE_MINUTES_MS)
    play(stage, SCENARIOS_MET)
    assert len(stage.meetings) > 2_000
    judge(stage)


def test_nor_does_one_whose_clock_is_behind(sqlite_url: str, tmp_path: Path) -> None:
    stage = Stage(lambda: open_database(sqlite_url), tmp_path, skew_ms=-FIVE_MINUTES_MS)
    play(stage, ("create, not captured", "settle"))
    assert len(stage.meetings) > 400
    judge(stage)


def test_it_does_none_on_a_server(mariadb_url: str, tmp_path: Path) -> None:
    stage = Stage(lambda: open_database(mariadb_url), tmp_path)
    play(stage, ("capture a part",))
    assert len(stage.meetings) > 200
    judge(stage)


@pytest.mark.parametrize(
    ("parts", "scenario", "noticed"),
    [
        (PARTS["no tombstone"], "create", "diverging"),
        (PARTS["no transaction"], "capture a part", "diverging"),
        (PARTS["unanswered is declined"], "capture a part", "diverging"),
        (PARTS["any number of finishers"], "void", "disordered"),
    ],
    ids=["no tombstone", "no transaction", "unanswered is declined", "any number of finishers"],
)
def test_a_missing_guard_is_noticed(sqlite_url: str, tmp_path: Path, parts: Parts, scenario: str, noticed: str) -> None:
    stage = Stage(lambda: open_database(sqlite_url), tmp_path, parts=parts)
    for stopped in ("caller", "resolver, lost"):
        for other in OTHERS:
            stage.play(scenario, stopped, other)
    verdict, _ = stage.judge()
    assert noticed in verdict.violations, f"without its guard nothing was noticed: {verdict}"


def play(stage: Stage, scenarios: Sequence[str]) -> None:
    for scenario in scenarios:
        for stopped in STOPPED:
            for other in OTHERS:
                stage.play(scenario, stopped, other)


def judge(stage: Stage) -> None:
    verdict, at_fault = stage.judge()
    assert not verdict.violations, f"{verdict}\nin\n{at_fault}"
    assert verdict.payments > len(stage.meetings) * 0.9
    assert stage.other.judge_bus() == []
