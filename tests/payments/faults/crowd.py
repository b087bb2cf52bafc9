"""Many callers at once: threads of this process, and processes that start at the same moment."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from tercet.payments.database.opening import open_database
from tercet.payments.errors import PaymentsError
from tests.payments.faults.callers import Intent, ask
from tests.payments.faults.room import Room
from tests.payments.faults.unguarded import PARTS
from tests.payments.oracle import Acknowledgement

LIMIT_S = 120.0

T = TypeVar("T")


def at_once(works: Sequence[Callable[[], T]]) -> list[T]:
    """Do things in as many threads, none of which begins before all are there; gives what each returns."""
    barrier = threading.Barrier(len(works))

    def begin(work: Callable[[], T]) -> T:
        barrier.wait(LIMIT_S)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [each.result(LIMIT_S) for each in [pool.submit(begin, work) for work in works]]


def told(room: Room, intent: Intent) -> Acknowledgement | PaymentsError:
    """Ask once; gives the answer, which is noted, or what was raised."""
    try:
        answer = ask(room.processor, intent)
    except PaymentsError as error:
        return error
    room.answers.note(answer)
    return answer


def in_processes(
    database_url: str, folder: Path, intents: Sequence[Intent], processes: int, *, unguarded: str | None = None
) -> list[str]:
    """Ask for intents at once, from several processes with several threads each.

    Returns
    -------
    list of str
        What each was told: ``answer``, or the name of the error.
    """
    context = multiprocessing.get_context("spawn")
    shares = [intents[number::processes] for number in range(processes)]
    barrier = context.Barrier(processes)
    with context.Manager() as manager:
        outcomes = manager.list()
        arguments = [(database_url, folder, share, barrier, outcomes, unguarded) for share in shares]
        children = [context.Process(target=_ask_all, args=each) for each in arguments]
        for child in children:
            child.start()
        for child in children:
            child.join(LIMIT_S)
        assert [child.exitcode for child in children] == [0] * processes
        return list(outcomes)


def _ask_all(
    database_url: str, folder: Path, intents: Sequence[Intent], barrier: Any, outcomes: Any, unguarded: str | None
) -> None:
    room = Room(open_database(database_url), folder, parts=PARTS[unguarded] if unguarded else None)
    barrier.wait(LIMIT_S)
    for each in at_once([partial(told, room, intent) for intent in intents]):
        outcomes.append("answer" if isinstance(each, Acknowledgement) else type(each).__name__)
