"""`kill -9` of the processor at every commit point: before, late, after; between acquirer and commit; and recovery."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tercet.payments.database.opening import open_database
from tests.payments.faults.points import AFTER, BEFORE, LATE
from tests.payments.faults.room import Room
from tests.payments.faults.scenarios import SCENARIOS
from tests.payments.faults.worker import Plan

POINTS = {
    *(("write", number, moment) for number in (1, 2, 3) for moment in (BEFORE, LATE, AFTER)),
    *(("submit", 1, moment) for moment in (BEFORE, LATE, AFTER)),
    *(("publish", 1, moment) for moment in (BEFORE, AFTER)),
}
"""Every operation has these: begin, ask, finish, publish, mark as published. What is published late is published again
by the sweeper, like what was published just before a kill."""


@pytest.mark.slow
def test_nothing_is_lost_or_doubled(database_url: str, tmp_path: Path) -> None:
    report = play(Plan(database_url=database_url, folder=str(tmp_path), scenarios=tuple(SCENARIOS)))
    kills = Counter(case["scenario"] for case in report["cases"])
    assert kills == dict.fromkeys(SCENARIOS, 2 * len(POINTS))
    assert sum(kills.values()) == 392
    assert {tuple(case["point"]) for case in report["cases"]} == POINTS
    assert report["unanswered"] == []

    room = Room(open_database(database_url), tmp_path)
    verdict = room.judge()
    verdict.assert_sound()
    assert verdict.acknowledged > len(report["cases"]) / 2
    assert room.judge_bus() == []


@pytest.mark.parametrize(
    ("unguarded", "scenario", "recovery", "noticed"),
    [
        ("no unique key", "create", "repeat", "doubled"),
        ("no unique key", "capture a part", "repeat", "doubled"),
        ("no transaction", "create", "resolve", "disordered"),
        ("unanswered is declined", "create", "resolve", "diverging"),
        ("unanswered is declined", "refund", "repeat", "diverging"),
        ("another id each time", "create", "resolve", "stray"),
        ("no tombstone", "capture", "resolve", "diverging"),
        ("no tombstone", "create", "resolve", "diverging"),
    ],
)
def test_a_missing_guard_is_noticed(
    sqlite_url: str, tmp_path: Path, unguarded: str, scenario: str, recovery: str, noticed: str
) -> None:
    play(
        Plan(
            database_url=sqlite_url,
            folder=str(tmp_path),
            scenarios=(scenario,),
            recoveries=(recovery,),
            unguarded=unguarded,
            most=14,
        )
    )
    verdict = Room(open_database(sqlite_url), tmp_path).judge()
    assert noticed in verdict.violations, f"without its guard ({unguarded}) nothing was noticed: {verdict}"


def test_an_event_that_is_lost_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    play(
        Plan(
            database_url=sqlite_url,
            folder=str(tmp_path),
            scenarios=("create",),
            recoveries=("resolve",),
            unguarded="published before it is",
        )
    )
    lost = Room(open_database(sqlite_url), tmp_path).judge_bus()
    assert any("never published" in each for each in lost), lost


def play(plan: Plan) -> dict[str, Any]:
    """Have a worker play a plan; gives the cases, and the callers that were left without an answer."""
    worker = subprocess.run(
        [sys.executable, "-m", "tests.payments.faults.worker"],
        input=json.dumps(dataclasses.asdict(plan)),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert worker.returncode == 0, worker.stderr[-4000:]
    report: dict[str, Any] = json.loads(worker.stdout.splitlines()[-1])
    return report
