"""Commit points: the moments at which something outside of the processor changes.

A watched database, acquirer or publisher tells of each such moment before it goes on. What listens may count, raise an
error, wait, or end the process.
"""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from tercet.payments.acquirer import Acquirer, Instruction, Outcome
from tercet.payments.database import Database, Row, Statement
from tercet.payments.errors import DuplicateError
from tercet.payments.model import Event
from tercet.payments.outbox import Publisher

BEFORE, LATE, AFTER = "before", "late", "after"
"""Nothing has left the process; or it has, and arrives only when everybody has forgotten it; or its effect is there,
and nobody has heard of it yet."""


class Point(NamedTuple):
    """One moment.

    Parameters
    ----------
    call
        ``write``, ``read``, ``submit``, ``inquire``, ``reverse`` or ``publish``.
    number
        The how-many-eth call of this sort it is, from 1.
    moment
        :data:`BEFORE`, :data:`LATE` or :data:`AFTER`.
    """

    call: str
    number: int
    moment: str


Listener = Callable[[Point, Any], None]
"""Told of a point, and of what is being sent."""

T = TypeVar("T")


class Watch:
    """Numbers the calls of each sort and tells a listener of their moments."""

    def __init__(self, listener: Listener = lambda _point, _sent: None) -> None:
        self._numbers: dict[str, int] = {}
        self._listener = listener

    def listen(self, listener: Listener) -> None:
        """Have another listener told from now on, and number the calls from 1 again."""
        self._numbers = {}
        self._listener = listener

    def around(self, name: str, sent: Any, call: Callable[[], T]) -> T:
        number = self._numbers[name] = self._numbers.get(name, 0) + 1
        self._listener(Point(name, number, BEFORE), sent)
        self._listener(Point(name, number, LATE), sent)
        result = call()
        self._listener(Point(name, number, AFTER), sent)
        return result


class WatchedDatabase:
    """A database whose writes are watched.

    Parameters
    ----------
    with_reads
        Whether reads are watched, too: they change nothing, but others may change what was read.
    """

    def __init__(self, database: Database, watch: Watch, *, with_reads: bool = False) -> None:
        self._database = database
        self._watch = watch
        self._with_reads = with_reads

    def write(self, *statements: Statement) -> None:
        self._watch.around("write", statements, lambda: self._database.write(*statements))

    def read(self, statement: Statement) -> Sequence[Row]:
        if not self._with_reads:
            return self._database.read(statement)
        return self._watch.around("read", statement, lambda: self._database.read(statement))

    def close(self) -> None:
        self._database.close()


class WatchedAcquirer:
    """An acquirer whose every call is watched."""

    def __init__(self, acquirer: Acquirer, watch: Watch) -> None:
        self._acquirer = acquirer
        self._watch = watch

    def submit(self, instruction: Instruction, *, timeout_s: float) -> Outcome:
        return self._watch.around(
            "submit", instruction, lambda: self._acquirer.submit(instruction, timeout_s=timeout_s)
        )

    def inquire(self, operation_id: str, *, timeout_s: float) -> Outcome | None:
        return self._watch.around(
            "inquire", operation_id, lambda: self._acquirer.inquire(operation_id, timeout_s=timeout_s)
        )

    def reverse(self, operation_id: str, *, timeout_s: float) -> Outcome:
        return self._watch.around(
            "reverse", operation_id, lambda: self._acquirer.reverse(operation_id, timeout_s=timeout_s)
        )


class WatchedPublisher:
    """A publisher whose every call is watched."""

    def __init__(self, publisher: Publisher, watch: Watch) -> None:
        self._publisher = publisher
        self._watch = watch

    def publish(self, events: Sequence[Event]) -> int:
        return self._watch.around("publish", tuple(events), lambda: self._publisher.publish(events))


def kill_at(chosen: Point, late: Path) -> Listener:
    """Make a listener that ends this process as ``kill -9`` does: nothing is flushed, closed or told.

    Parameters
    ----------
    late
        Where to keep what has left the process and not arrived; for :func:`deliver`.
    """

    def listen(point: Point, sent: Any) -> None:
        if point != chosen:
            return
        if point.moment == LATE:
            late.write_bytes(pickle.dumps((point.call, sent)))
        os.kill(os.getpid(), signal.SIGKILL)

    return listen


def deliver(late: Path, database: Database, acquirer: Acquirer) -> None:
    """Let arrive what left a process before its end: nobody waits for the answer any more."""
    if not late.exists():
        return
    call, sent = pickle.loads(late.read_bytes())
    late.unlink()
    if call == "write":
        deliver_write(database, sent)
    elif call == "submit":
        acquirer.submit(sent, timeout_s=5.0)


def deliver_write(database: Database, statements: Sequence[Statement]) -> None:
    """Let a batch arrive, which the database may refuse by now."""
    try:
        database.write(*statements)
    except DuplicateError:
        return
