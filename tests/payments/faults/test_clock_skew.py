"""Processors whose clocks are ten minutes apart share a database, and resolvers that think everybody is long gone."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tercet.payments.acquirer import Acquirer, Instruction, Outcome
from tercet.payments.database.opening import open_database
from tercet.payments.deadline import Deadline
from tercet.payments.errors import IllegalTransitionError, PaymentDeclined, StoreUnavailableError
from tests.payments.faults import knobs
from tests.payments.faults.callers import Intent, ask_until_answered
from tests.payments.faults.crowd import at_once
from tests.payments.faults.points import BEFORE, Point, Watch, WatchedAcquirer
from tests.payments.faults.room import Clock, Room
from tests.payments.faults.scenarios import SCENARIOS, prepare
from tests.payments.faults.unguarded import PARTS, Parts

FIVE_MINUTES_MS = 300_000
CALLERS = 4
PLAYED = ("create", "create, not captured", "capture a part", "refund a part", "void", "settle")


def test_nothing_is_lost_or_doubled(database_url: str, tmp_path: Path) -> None:
    behind, ahead = (_room(database_url, tmp_path, skew_ms) for skew_ms in (-FIVE_MINUTES_MS, FIVE_MINUTES_MS))
    with _resolving(behind, ahead) as resolved:
        at_once([partial(_play, room, number) for number, room in enumerate([behind, ahead] * (CALLERS // 2))])
    assert len(resolved) > 10, "the resolvers met hardly any live operation"
    for room in (behind, ahead):
        room.recover()
    verdict = ahead.judge()
    verdict.assert_sound()
    assert verdict.payments >= CALLERS * knobs.chosen.skew_rounds * len(PLAYED)
    assert ahead.judge_bus() == []


def test_a_missing_tombstone_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    """An instruction is on its way while the resolver asks after it, and arrives when that is forgotten."""
    gate, arrived = threading.Event(), threading.Event()

    def hold(point: Point, _sent: object) -> None:
        if point.call == "submit" and point.moment == BEFORE:
            arrived.set()
            assert gate.wait(30)

    def slow(sandbox: Acquirer) -> Acquirer:
        return WatchedAcquirer(sandbox, Watch(hold))

    live = Room(open_database(sqlite_url), tmp_path, around_acquirer=slow)
    early = _room(sqlite_url, tmp_path, FIVE_MINUTES_MS, parts=PARTS["no tombstone"])
    intent = prepare(live.processor, "create", "acme", live.answers.note)
    caller = threading.Thread(target=lambda: _quietly(lambda: ask_until_answered(live.processor, intent, print)))
    caller.start()
    assert arrived.wait(30)
    _resolve(early, [])
    gate.set()
    caller.join(30)
    assert "diverging" in early.judge().violations


def _room(database_url: str, folder: Path, skew_ms: int, *, parts: Parts | None = None) -> Room:
    return Room(
        open_database(database_url),
        folder,
        around_acquirer=_Delayed,
        parts=parts,
        clock=Clock(skew_ms),
        sleep=_short,
    )


class _Delayed:
    """An acquirer whom an instruction takes a while to reach."""

    def __init__(self, acquirer: Acquirer) -> None:
        self._acquirer = acquirer
        self.inquire = acquirer.inquire
        self.reverse = acquirer.reverse

    def submit(self, instruction: Instruction, *, timeout_s: float) -> Outcome:
        time.sleep(random.uniform(0, 0.02))
        outcome = self._acquirer.submit(instruction, timeout_s=timeout_s)
        time.sleep(random.uniform(0, 0.02))
        return outcome


def _play(room: Room, number: int) -> None:
    for turn in range(knobs.chosen.skew_rounds):
        for scenario in PLAYED:
            _play_one(room, scenario, f"{number}-{turn}-{scenario}")


def _play_one(room: Room, scenario: str, merchant: str) -> None:
    """Do all acts of a scenario; one that the resolver has put an end to may make the next one illegal."""
    payment_id = ""
    for place, act in enumerate(SCENARIOS[scenario], start=1):
        intent: Intent = act.intent(merchant, f"act-{place}", payment_id)
        try:
            told = ask_until_answered(room.processor, intent, room.answers.note, between=lambda: time.sleep(0.05))
        except (IllegalTransitionError, PaymentDeclined):
            return
        payment_id = told.payment_id


@contextmanager
def _resolving(*rooms: Room) -> Iterator[list[str]]:
    """Have a resolver at work on each processor, until the context ends; gives the operations that they finished."""
    is_over = threading.Event()
    resolved: list[str] = []

    def work(room: Room) -> None:
        while not is_over.is_set():
            _resolve(room, resolved)
            # Far more often than a sweeper's minute, but not so often that no submission is ever faster.
            time.sleep(random.uniform(0.01, 0.1))

    with ThreadPoolExecutor(len(rooms)) as pool:
        resolvers = [pool.submit(work, room) for room in rooms]
        try:
            yield resolved
        finally:
            is_over.set()
        for resolver in resolvers:
            resolver.result(60)


def _resolve(room: Room, resolved: list[str]) -> None:
    for running in room.store.running(room.clock() + 2 * FIVE_MINUTES_MS, 100):
        try:
            if room.processor.resolve(running.operation(), Deadline.after(5.0)):
                resolved.append(running.id)
        except StoreUnavailableError:
            continue


def _quietly(work: Callable[[], object]) -> None:
    try:
        work()
    except AssertionError:
        return


def _short(seconds: float) -> None:
    time.sleep(min(seconds, 0.02))
