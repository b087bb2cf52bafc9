"""The database is killed in the middle of a stream of commits, and started again on what it left on its disk."""

from __future__ import annotations

import random
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tercet.payments.database import Database
from tercet.payments.database.opening import mysql_connect, open_database
from tercet.payments.errors import PaymentNotFoundError
from tercet.payments.migrations.run import migrate_mysql
from tests.payments.faults import knobs
from tests.payments.faults.callers import ask_until_answered
from tests.payments.faults.crowd import LIMIT_S, at_once
from tests.payments.faults.proxy import Fate, Proxy
from tests.payments.faults.room import Room
from tests.payments.faults.scenarios import SCENARIOS, prepare
from tests.payments.faults.unguarded import TrustingDatabase
from tests.payments.mariadb import MariaDb

CLIENTS = 6
MOMENTS = ("before", "during", "after")
"""When the server is killed: before it has seen a COMMIT; while it is at it; after it answered, and nobody heard."""


class Killer:
    """Kills the server around the n-th COMMIT that the proxy sees."""

    def __init__(self, server: MariaDb, moment: str, number: int) -> None:
        self.killed = threading.Event()
        self._server, self._moment, self._number = server, moment, number
        self._seen = 0
        self._lock = threading.Lock()

    def judge(self, text: bytes) -> Fate:
        if not self._is_meant(text) or self._moment == "after":
            return Fate.PASSED
        if self._moment == "before":
            self._kill()
            return Fate.LOST
        delay_s = random.uniform(0, 0.004)
        threading.Timer(delay_s, self._kill).start()
        return Fate.PASSED

    def after(self, text: bytes) -> None:
        if self._moment == "after" and b"COMMIT" in text and self._seen >= self._number:
            self._kill()

    def _is_meant(self, text: bytes) -> bool:
        with self._lock:
            self._seen += b"COMMIT" in text
            return b"COMMIT" in text and self._seen == self._number

    def _kill(self) -> None:
        with self._lock:
            if not self.killed.is_set():
                self._server.kill()
                self.killed.set()


@pytest.fixture
def server() -> Iterator[MariaDb]:
    """A server of this test's own, because it is killed."""
    folder = Path(tempfile.mkdtemp(prefix="mdb-"))
    server = MariaDb(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
def test_nothing_is_lost_or_doubled(mariadb: MariaDb, server: MariaDb, tmp_path: Path) -> None:
    name = migrated(server)
    for number in range(knobs.chosen.database_kills):
        run_round(server, name, tmp_path, MOMENTS[number % 3], number, lambda database: database)
    room = Room(open_database(server.url(name)), tmp_path)
    room.judge(is_settled=False).assert_sound()
    room.recover()
    verdict = room.judge()
    verdict.assert_sound()
    assert verdict.payments >= knobs.chosen.database_kills * CLIENTS * len(SCENARIOS)
    assert room.judge_bus() == []


@pytest.mark.slow
def test_a_missing_look_is_noticed(mariadb: MariaDb, server: MariaDb, tmp_path: Path) -> None:
    name = migrated(server)
    with suppress(PaymentNotFoundError):  # which is what a client finds out by itself
        run_round(server, name, tmp_path, "before", 0, TrustingDatabase)
    # Before anything is recovered: what was told must be there at once.
    verdict = Room(open_database(server.url(name)), tmp_path).judge(is_settled=False)
    assert "lost" in verdict.violations, str(verdict)


def migrated(server: MariaDb) -> str:
    name = server.create_database()
    migrate_mysql(mysql_connect(server.url(name)))
    return name


def run_round(
    server: MariaDb, name: str, folder: Path, moment: str, number: int, around: Callable[[Database], Database]
) -> None:
    """Let clients make payments until all have their answers, and kill the server meanwhile."""
    killer = Killer(server, moment, random.randint(5, CLIENTS * len(SCENARIOS)))
    connect = partial(socket.create_connection, ("127.0.0.1", server.port))
    with Proxy(connect, judge=killer.judge, after=killer.after) as proxy, ThreadPoolExecutor(1) as pool:
        room = Room(around(open_database(server.url(name, port=proxy.port))), folder, sleep=time.sleep)
        clients = pool.submit(at_once, [partial(_pay, room, f"{number}-{client}") for client in range(CLIENTS)])
        assert killer.killed.wait(60), f"the server was to be killed {moment} a COMMIT, and there were too few"
        server.start()
        clients.result(LIMIT_S)


def _pay(room: Room, client: str) -> None:
    for scenario in SCENARIOS:
        intent = prepare(
            room.processor, scenario, f"{client}-{scenario}", room.answers.note, between=lambda: _wait(room)
        )
        ask_until_answered(room.processor, intent, room.answers.note, between=lambda: _wait(room))


def _wait(room: Room) -> None:
    time.sleep(0.2)
    room.clock.pass_lease()
