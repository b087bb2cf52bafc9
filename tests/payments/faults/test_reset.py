"""The connection is reset around a commit: before the server saw it; after it committed, instead of its reply; or the
batch arrives when nobody waits for it any more.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tercet.payments.database import Database
from tercet.payments.database.opening import open_database
from tests.payments.faults.callers import ask_until_answered
from tests.payments.faults.proxy import Fate, Proxy
from tests.payments.faults.room import Room
from tests.payments.faults.scenarios import SCENARIOS, prepare
from tests.payments.faults.unguarded import TrustingDatabase
from tests.payments.mariadb import MariaDb

WRITES = 3
"""Begin, finish, mark as published."""

IN_A_ROW = (1, 3)
"""A reset that the store gets over by itself; and as many as make it give up, so that the caller has to repeat."""


class Resets:
    """Gives each write its fate: those from a chosen one on, as many as are chosen, meet the fault."""

    def __init__(self) -> None:
        self.count = 0
        self.aim(Fate.PASSED, 0, 0)

    def aim(self, fate: Fate, first: int, in_a_row: int) -> None:
        self._fate, self._first, self._end, self._number = fate, first, first + in_a_row, 0

    def __call__(self, _text: bytes) -> Fate:
        self._number += 1
        if not self._first <= self._number < self._end:
            return Fate.PASSED
        self.count += 1
        return self._fate


@pytest.fixture
def proxied(mariadb: MariaDb, mariadb_url: str) -> Iterator[tuple[Proxy, str]]:
    """A proxy before the server, and the URL through it."""
    with Proxy(lambda: socket.create_connection(("127.0.0.1", mariadb.port))) as proxy:
        yield proxy, mariadb.url(mariadb_url.rsplit("/", 1)[1], port=proxy.port)


def test_every_write_survives_every_reset(proxied: tuple[Proxy, str], mariadb_url: str, tmp_path: Path) -> None:
    proxy, url = proxied
    resets = play(proxy, url, tmp_path, lambda database: database)
    assert resets == 3 * len(SCENARIOS) * WRITES * sum(IN_A_ROW) == 504

    room = Room(open_database(mariadb_url), tmp_path)
    room.judge(is_settled=False).assert_sound()
    room.recover()
    verdict = room.judge()
    verdict.assert_sound()
    assert verdict.payments >= 3 * len(SCENARIOS) * WRITES * len(IN_A_ROW)
    assert room.judge_bus() == []


def test_a_missing_look_is_noticed(proxied: tuple[Proxy, str], mariadb_url: str, tmp_path: Path) -> None:
    proxy, url = proxied
    resets = Resets()
    proxy.judge = resets
    room = Room(TrustingDatabase(open_database(url)), tmp_path)
    intent = prepare(room.processor, "create", "acme", room.answers.note)
    resets.aim(Fate.LOST, 2, 1)
    ask_until_answered(room.processor, intent, room.answers.note)
    verdict = Room(open_database(mariadb_url), tmp_path).judge()
    assert "lost" in verdict.violations, str(verdict)


def play(proxy: Proxy, url: str, folder: Path, around: Callable[[Database], Database]) -> int:
    """Let every write of every scenario meet every fault; gives how many connections were reset."""
    resets = Resets()
    proxy.judge = resets
    room = Room(around(open_database(url)), folder)
    for fate in (Fate.LOST, Fate.UNTOLD, Fate.LATE):
        for scenario in SCENARIOS:
            for first in range(1, WRITES + 1):
                for in_a_row in IN_A_ROW:
                    merchant = f"{fate.value}-{scenario}-{first}-{in_a_row}"
                    resets.aim(Fate.PASSED, 0, 0)
                    intent = prepare(room.processor, scenario, merchant, room.answers.note)
                    resets.aim(fate, first, in_a_row)
                    wait = partial(room.let_time_pass, intent)
                    ask_until_answered(room.processor, intent, room.answers.note, between=wait)
                    proxy.release()
    return resets.count
