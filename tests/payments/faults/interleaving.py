"""Two actors on one payment, one of which is stopped at every moment of its work until the other one is done.

Threads would meet such a moment once in a thousand times. Here the one actor is called from within the other one, at
each read, write and call of the acquirer in turn, so that every such meeting happens, and happens again when it is
looked into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from tercet.payments.database import Database, Statement
from tercet.payments.deadline import Deadline
from tercet.payments.errors import AcquirerUnavailable, IllegalTransitionError, PaymentDeclined, StoreUnavailableError
from tercet.payments.model import Kind
from tests.payments.faults.callers import TO_BE_REPEATED, Intent, ask
from tests.payments.faults.points import AFTER, BEFORE, LATE, Point, Watch, WatchedAcquirer, WatchedDatabase
from tests.payments.faults.room import Clock, Room
from tests.payments.faults.scenarios import prepare
from tests.payments.faults.unguarded import Parts
from tests.payments.oracle import Verdict

FIVE_MINUTES_MS: Final = 300_000

_PASSING: Final = (*TO_BE_REPEATED, IllegalTransitionError, PaymentDeclined, StoreUnavailableError)
"""What an actor may be told when another one was faster; anything else is a defect."""

_NEXT: Final = {
    "authorized": Kind.CAPTURE,
    "partially_captured": Kind.CAPTURE,
    "captured": Kind.REFUND,
    "partially_refunded": Kind.REFUND,
    "requires_action": Kind.VOID,
    "disputed": Kind.DISPUTE_WON,
}
"""State → what may be done next."""


_PAYMENT_ID: Final = re.compile(r"pay_\w+")


class _Crashed(BaseException):
    """A processor ends: nothing in it may catch this."""


@dataclass(frozen=True)
class Meeting:
    """One case.

    Parameters
    ----------
    stopped
        Who is stopped, of :data:`STOPPED`.
    point
        Where.
    other
        Who comes in between, of :data:`OTHERS`.
    """

    scenario: str
    stopped: str
    point: Point
    other: str


class Stage:
    """Plays meetings on one database.

    Parameters
    ----------
    open_database
        Opens it; each actor has connections of its own.
    skew_ms
        How far the other actor's clock is ahead.
    """

    def __init__(
        self,
        open_database: Callable[[], Database],
        folder: Path,
        *,
        skew_ms: int = FIVE_MINUTES_MS,
        parts: Parts | None = None,
    ) -> None:
        self._open = open_database
        self._folder = folder
        self._parts = parts
        # What an unguarded processor raises is not looked at: the oracle is to notice.
        self._passing = (Exception,) if parts else _PASSING
        self._watch = Watch()
        self._skew_ms = skew_ms
        self.room = self._make_room(0, self._watch)
        self.other = self._make_room(skew_ms, Watch())
        self.meetings: dict[str, Meeting] = {}
        self._points: dict[tuple[str, str], list[Point]] = {}

    def play(self, scenario: str, stopped: str, other: str) -> None:
        """Play all meetings of two actors."""
        points = self._points.get((scenario, stopped)) or list(self._find_points(scenario, stopped))
        self._points[(scenario, stopped)] = points
        assert points, f"{stopped} does nothing in {scenario}"
        for point in points:
            meeting = Meeting(scenario, stopped, point, other)
            merchant = f"merchant-{len(self.meetings)}"
            self.meetings[merchant] = meeting
            self._meet(meeting, merchant)

    def judge(self) -> tuple[Verdict, str]:
        """Recover, and ask the oracle; gives its verdict, and the meetings that it found at fault."""
        self.other.recover()
        verdict = self.other.judge()
        rows = self.room.database.read(Statement("SELECT id, merchant FROM payments"))
        merchants = {row["id"]: row["merchant"] for row in rows}
        at_fault = {
            f"{name}: {self.meetings.get(merchants.get(payment_id, ''))}"
            for name, found in verdict.violations.items()
            for payment_id in _PAYMENT_ID.findall("\n".join(found))
        }
        return verdict, "\n".join(sorted(at_fault))

    def _find_points(self, scenario: str, stopped: str) -> Iterator[Point]:
        merchant = f"nobody-{scenario}-{stopped}"
        intent = self._prepare(scenario, stopped, merchant)
        points: list[Point] = []

        def note(point: Point, _sent: Any) -> None:
            if point.moment != LATE:
                points.append(point)
            _fall_silent(stopped, point)

        self._watch.listen(note)
        self._pass(lambda: STOPPED[stopped](self.room, intent))
        self._watch.listen(lambda _point, _sent: None)
        # Nothing happens between two calls: the moment after one is the moment before the next.
        return iter([point for point in points if point.moment == AFTER] + points[:1])

    def _meet(self, meeting: Meeting, merchant: str) -> None:
        intent = self._prepare(meeting.scenario, meeting.stopped, merchant)

        def come_between(point: Point, _sent: Any) -> None:
            if point == meeting.point:
                self._pass(lambda: OTHERS[meeting.other](self.other, intent))
            _fall_silent(meeting.stopped, point)

        self._watch.listen(come_between)
        self._pass(lambda: STOPPED[meeting.stopped](self.room, intent))
        self._watch.listen(lambda _point, _sent: None)

    def _prepare(self, scenario: str, stopped: str, merchant: str) -> Intent:
        """Do what comes before; and where somebody is to find an operation unanswered, leave it so."""
        self._watch.listen(lambda _point, _sent: None)
        self.room.clock.shift_ms, self.other.clock.shift_ms = 0, self._skew_ms
        intent = prepare(self.room.processor, scenario, merchant, self.room.answers.note)
        crash = {"lost": Point("submit", 1, BEFORE), "done": Point("submit", 1, AFTER)}.get(stopped.split(", ")[-1])
        if crash:
            self._watch.listen(_crash_at(crash))
            try:
                ask(self.room.processor, intent)
            except _Crashed:
                pass
            else:
                raise AssertionError(f"{intent.name} did not come to {crash}")
            self._watch.listen(lambda _point, _sent: None)
        return intent

    def _pass(self, work: Callable[[], object]) -> None:
        try:
            work()
        except self._passing:
            return

    def _make_room(self, shift_ms: int, watch: Watch) -> Room:
        return Room(
            WatchedDatabase(self._open(), watch, with_reads=True),
            self._folder,
            around_acquirer=lambda sandbox: WatchedAcquirer(sandbox, watch),
            parts=self._parts,
            clock=Clock(shift_ms),
        )


def _crash_at(chosen: Point) -> Callable[[Point, Any], None]:
    def listen(point: Point, _sent: Any) -> None:
        if point == chosen:
            raise _Crashed

    return listen


def _fall_silent(stopped: str, point: Point) -> None:
    """Where no answer is to come, let the acquirer do it and not tell."""
    if "unanswered" in stopped and (
        (point.call == "submit" and point.moment == AFTER) or (point.call == "inquire" and point.moment == BEFORE)
    ):
        raise AcquirerUnavailable("It does not answer.")


def _passing(work: Callable[[], object]) -> None:
    try:
        work()
    except _PASSING:
        return


def _ask(room: Room, intent: Intent) -> None:
    """Ask, as a caller does."""
    _passing(lambda: room.answers.note(ask(room.processor, intent)))


def _repeat_late(room: Room, intent: Intent) -> None:
    """Ask, after the lease of whoever asked before."""
    room.clock.pass_lease()
    _ask(room, intent)


def _resolve(room: Room, intent: Intent) -> None:
    """Do what the resolver does for one merchant."""
    for running in room.store.running(room.clock() + FIVE_MINUTES_MS, 1_000):
        operation = running.operation()
        if operation.merchant == intent.merchant:
            _passing(partial(room.processor.resolve, operation, Deadline.after(10.0)))


def _go_on(room: Room, intent: Intent) -> None:
    """Do what may be done next to the merchant's payment, if anything may."""
    for payment in room.store.payments(intent.merchant, limit=1):
        if kind := _NEXT.get(payment.state):
            amount = 100 if kind in {Kind.CAPTURE, Kind.REFUND} else None
            _ask(
                room,
                Intent(kind=kind, merchant=intent.merchant, name="next", payment_id=payment.id, amount_minor=amount),
            )


def _resolve_and_go_on(room: Room, intent: Intent) -> None:
    _resolve(room, intent)
    _go_on(room, intent)


def _repeat_and_go_on(room: Room, intent: Intent) -> None:
    _ask(room, intent)
    _go_on(room, intent)


Actor = Callable[[Room, Intent], None]

STOPPED: Final[Mapping[str, Actor]] = {
    "caller": _ask,
    "caller, unanswered": _ask,
    "repetition, lost": _repeat_late,
    "repetition, done": _repeat_late,
    "repetition, unanswered, done": _repeat_late,
    "resolver, lost": _resolve,
    "resolver, done": _resolve,
    "resolver, unanswered, done": _resolve,
}
"""Who may be stopped. ``lost`` and ``done``: the operation was left unanswered by a crash, before or after the acquirer
had it. ``unanswered``: the acquirer does not answer."""

OTHERS: Final[Mapping[str, Actor]] = {
    "repetition": _ask,
    "resolver": _resolve,
    "resolver, then the merchant goes on": _resolve_and_go_on,
    "repetition, then the merchant goes on": _repeat_and_go_on,
}
"""Who may come between. Their clocks are ahead, so that they take everybody for gone."""

SCENARIOS_MET: Final = (
    "create",
    "create, not captured",
    "create, declined",
    "create, 3-D Secure",
    "authenticate",
    "capture a part",
    "refund a part",
    "void",
    "settle",
    "dispute",
)
"""Every kind of operation, and every kind of answer to an authorization."""
