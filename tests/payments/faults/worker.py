"""The processor in a process of its own, to be killed: ``python -m tests.payments.faults.worker < plan.json``.

It imports everything once and then forks: one child per case is killed at its commit point, another one, which knows
nothing of the first but what is on the disk, recovers. So a case costs milliseconds, and the kill is a real one.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tercet.payments.database.opening import open_database
from tercet.payments.errors import PaymentsError
from tests.payments.faults.callers import Intent, ask, ask_until_answered
from tests.payments.faults.points import (
    LATE,
    Point,
    Watch,
    WatchedAcquirer,
    WatchedDatabase,
    WatchedPublisher,
    deliver,
    kill_at,
)
from tests.payments.faults.room import Room
from tests.payments.faults.scenarios import SCENARIOS, prepare
from tests.payments.faults.unguarded import PARTS


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a worker is to do.

    Parameters
    ----------
    database_url
        Of the database, in which the schema stands.
    folder
        For everything else that outlives a process.
    scenarios
        Those to be killed.
    recoveries
        ``repeat``: the caller repeats its key, and only then the resolver and the sweeper come by. ``resolve``: the
        caller is gone, too.
    unguarded
        What is missing, of :data:`~tests.payments.faults.unguarded.PARTS`.
    most
        How many cases are played at most.
    """

    database_url: str
    folder: str
    scenarios: tuple[str, ...]
    recoveries: tuple[str, ...] = ("repeat", "resolve")
    unguarded: str | None = None
    most: int = 10_000


@dataclass(frozen=True, kw_only=True)
class Case:
    """One kill: of a scenario, at a point, and how it is recovered from. The merchant is the case's own."""

    scenario: str
    point: Point
    recovery: str
    merchant: str


class Worker:
    """Plays all cases of a plan, one after the other."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._folder = Path(plan.folder)
        self._late = self._folder / "late"
        self._unanswered = self._folder / "unanswered"
        self._unanswered.touch()

    def run(self) -> list[Case]:
        """Find the points of each scenario, kill at each of them, recover; gives the cases that were played."""
        played: list[Case] = []
        for scenario in self._plan.scenarios:
            for point in self._points(scenario):
                for recovery in self._plan.recoveries:
                    case = Case(
                        scenario=scenario, point=point, recovery=recovery, merchant=f"merchant-{len(played)}-{scenario}"
                    )
                    self._play(case)
                    played.append(case)
                    if len(played) == self._plan.most:
                        return played
        return played

    def unanswered(self) -> list[str]:
        """Give the cases in which a caller that repeated its key did not get an answer, and why."""
        return [json.loads(line) for line in self._unanswered.read_text().splitlines()]

    def _points(self, scenario: str) -> list[Point]:
        """Run a scenario without killing it, and tell every moment that there was."""
        notes = self._folder / "points"

        def run() -> None:
            points: list[Point] = []
            room, watch = self._room()
            intent = prepare(room.processor, scenario, f"nobody-{scenario}", room.answers.note)
            watch.listen(lambda point, _sent: points.append(point))
            room.answers.note(ask(room.processor, intent))
            # What is published late is published twice: as it is if the process ends just after.
            kept = [point for point in points if not (point.call == "publish" and point.moment == LATE)]
            notes.write_text(json.dumps(kept))

        _in_child(run, ends_by=0)
        return [Point(*each) for each in json.loads(notes.read_text())]

    def _play(self, case: Case) -> None:
        _in_child(lambda: self._be_killed(case), ends_by=signal.SIGKILL)
        _in_child(lambda: self._recover(case), ends_by=0)

    def _be_killed(self, case: Case) -> None:
        room, watch = self._room()
        intent = prepare(room.processor, case.scenario, case.merchant, room.answers.note)
        (self._folder / "intent").write_text(json.dumps({"payment_id": intent.payment_id}))
        watch.listen(kill_at(case.point, self._late))
        room.answers.note(ask(room.processor, intent))

    def _recover(self, case: Case) -> None:
        room, _ = self._room()
        if case.recovery == "repeat":
            self._repeat(room, case)
        else:
            room.recover()
        deliver(self._late, room.database, room.sandbox)
        room.recover()

    def _repeat(self, room: Room, case: Case) -> None:
        try:
            intent = self._intent(case)
            ask_until_answered(room.processor, intent, room.answers.note, between=partial(room.let_time_pass, intent))
        except (PaymentsError, AssertionError) as error:
            with self._unanswered.open("a") as file:
                file.write(json.dumps(f"{case}: {type(error).__name__}: {error}") + "\n")

    def _intent(self, case: Case) -> Intent:
        acts = SCENARIOS[case.scenario]
        payment_id = json.loads((self._folder / "intent").read_text())["payment_id"]
        return acts[-1].intent(case.merchant, f"act-{len(acts)}", payment_id)

    def _room(self) -> tuple[Room, Watch]:
        watch = Watch()
        room = Room(
            WatchedDatabase(open_database(self._plan.database_url), watch),
            self._folder,
            around_acquirer=lambda sandbox: WatchedAcquirer(sandbox, watch),
            around_publisher=lambda publisher: WatchedPublisher(publisher, watch),
            parts=PARTS[self._plan.unguarded] if self._plan.unguarded else None,
        )
        return room, watch


def _in_child(work: Callable[[], None], *, ends_by: int) -> None:
    """Do something in a forked process, and see that it ends as it should.

    Parameters
    ----------
    ends_by
        0, or the number of a signal.
    """
    child = os.fork()
    if not child:
        status = 1
        try:
            work()
            status = 0
        except BaseException:  # noqa: BLE001 - a child must never return into its parent's code
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code != -ends_by:
        raise AssertionError(f"A child was to end by {-ends_by} and ended by {code}.")


def main() -> None:
    """Read a plan, play it, and write down the cases."""
    fields: dict[str, Any] = json.load(sys.stdin)
    plan = Plan(**fields)
    worker = Worker(plan)
    cases = [dataclasses.asdict(case) for case in worker.run()]
    json.dump({"cases": cases, "unanswered": worker.unanswered()}, sys.stdout)


if __name__ == "__main__":
    main()
