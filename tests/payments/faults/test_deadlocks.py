"""A deadlock storm on a hot merchant: many threads on few payments, and an adversary who locks the other way round."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pymysql

from tercet.payments.database.mysql import MySqlDatabase
from tercet.payments.database.opening import mysql_connect, open_database
from tercet.payments.database.patience import Patience
from tercet.payments.errors import IllegalTransitionError, KeyInUseError, PaymentBusyError, StoreUnavailableError
from tercet.payments.model import Kind
from tests.payments.faults import knobs
from tests.payments.faults.callers import Intent, ask_until_answered
from tests.payments.faults.crowd import at_once, told
from tests.payments.faults.room import Room
from tests.payments.faults.scenarios import SCENARIOS
from tests.payments.faults.unguarded import ImpatientDatabase
from tests.payments.mariadb import MariaDb
from tests.payments.oracle import Acknowledgement

MERCHANT = "hot"
ADVERSARIES = 3
DOCUMENTED = (IllegalTransitionError, KeyInUseError, PaymentBusyError, StoreUnavailableError)
"""What a caller in a storm may be told: 409 and 503, by the API's document."""


def test_nothing_is_lost_or_doubled(mariadb: MariaDb, mariadb_url: str, tmp_path: Path) -> None:
    room = Room(open_database(mariadb_url), tmp_path, sleep=_short)
    payments = _authorize(room, 4)
    before = _deadlocks(mariadb)
    with _adversaries(mariadb, mariadb_url.rsplit("/", 1)[1], payments):
        outcomes = Counter(
            outcome
            for each in at_once(
                [partial(_storm, room, number, payments) for number in range(knobs.chosen.storm_threads)]
            )
            for outcome in each
        )
    assert sum(outcomes.values()) == knobs.chosen.storm_threads * knobs.chosen.storm_operations
    assert _deadlocks(mariadb) > before, "there was no deadlock"
    assert outcomes["answer"] > 10
    room.recover()
    verdict = room.judge()
    verdict.assert_sound()
    assert verdict.acknowledged >= outcomes["answer"]
    assert room.judge_bus() == []


def test_a_victim_that_is_taken_for_done_is_noticed(mariadb: MariaDb, mariadb_url: str, tmp_path: Path) -> None:
    room = Room(open_database(mariadb_url), tmp_path, sleep=_short)
    payments = _authorize(room, 4)
    hasty = MySqlDatabase(mysql_connect(mariadb_url), patience=Patience(total_s=0.0))
    careless = Room(ImpatientDatabase(hasty), tmp_path, sleep=_short)
    with _adversaries(mariadb, mariadb_url.rsplit("/", 1)[1], payments):
        before, end = _deadlocks(mariadb), time.monotonic() + 20
        numbers = itertools.count(1)
        while "lost" not in room.judge(is_settled=False).violations:
            assert time.monotonic() < end, f"of {_deadlocks(mariadb) - before} deadlocks none was noticed"
            at_once([lambda: _storm(careless, next(numbers), payments)] * 6)


def _authorize(room: Room, count: int) -> list[str]:
    act = replace(SCENARIOS["capture"][0])
    intents = [act.intent(MERCHANT, f"hot-{number}", "") for number in range(count)]
    return [ask_until_answered(room.processor, intent, room.answers.note).payment_id for intent in intents]


def _storm(room: Room, number: int, payments: list[str]) -> list[str]:
    """Do many things to few payments, and make others meanwhile; gives what was told."""
    outcomes = []
    for turn in range(knobs.chosen.storm_operations):
        kind = random.choice((Kind.CAPTURE, Kind.CAPTURE, Kind.REFUND, Kind.AUTHORIZE))
        name = f"storm-{number}-{turn}"
        if kind is Kind.AUTHORIZE:
            intent = SCENARIOS["create"][0].intent(MERCHANT, name, "")
        else:
            intent = Intent(
                kind=kind,
                merchant=MERCHANT,
                name=name,
                payment_id=random.choice(payments),
                amount_minor=random.randint(1, 20),
            )
        outcome = told(room, intent)
        if not isinstance(outcome, Acknowledgement):
            assert isinstance(outcome, DOCUMENTED), f"not documented: {outcome!r}"
        outcomes.append("answer" if isinstance(outcome, Acknowledgement) else type(outcome).__name__)
    return outcomes


@contextmanager
def _adversaries(mariadb: MariaDb, database: str, payments: list[str]) -> Iterator[None]:
    """Lock the rows that the processor writes in the opposite order, again and again, until the context ends."""
    is_over = threading.Event()
    threads = [
        threading.Thread(target=_lock_backwards, args=(mariadb, database, payments, is_over))
        for _ in range(ADVERSARIES)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join(60)


def _lock_backwards(mariadb: MariaDb, database: str, payments: list[str], is_over: threading.Event) -> None:
    with mariadb.connect(database) as connection, connection.cursor() as cursor:
        while not is_over.is_set():
            payment_id = random.choice(payments)
            try:
                cursor.execute("BEGIN")
                # The processor inserts events first, then updates the payment.
                cursor.execute("SELECT id FROM payments WHERE id = %s FOR UPDATE", (payment_id,))
                time.sleep(random.uniform(0, 0.01))
                cursor.execute("SELECT id FROM events WHERE payment_id = %s FOR UPDATE", (payment_id,))
                cursor.execute("ROLLBACK")
            except pymysql.err.OperationalError:
                cursor.execute("ROLLBACK")
            time.sleep(0.005)


def _deadlocks(mariadb: MariaDb) -> int:
    """How many deadlocks the server has broken ("Innodb_deadlocks", MariaDB's server status variables)."""
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Innodb_deadlocks'")
        row = cursor.fetchone()
    assert row
    return int(row[1])


def _short(seconds: float) -> None:
    time.sleep(min(seconds, 0.02))
