"""The server's errors, provoked on a real one: what is repeated, what is refused, and what nobody can know."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pymysql
import pytest

from tercet.payments.database import Statement
from tercet.payments.database import pool as pool_module
from tercet.payments.database.mysql import Connection, MySqlDatabase
from tercet.payments.database.opening import mysql_connect
from tercet.payments.database.patience import Patience
from tercet.payments.errors import CommitUnknownError, DuplicateError, RefusedError, StoreUnavailableError
from tests.payments.database.parts import COUNT, entry, event, touch
from tests.payments.faults.proxy import Fate, Proxy
from tests.payments.mariadb import MariaDb

SHORT = Patience(total_s=0.4, longest_pause_s=0.1)
LONG = Patience(total_s=20.0)
WAIT_S = 20.0
CACHED_S = 0.15
"""InnoDB shows its transactions as they were, unless it was not asked for 100 ms."""


class Opened:
    """A database, and every connection that it has made."""

    def __init__(self, url: str, patience: Patience = LONG, setting: str = "") -> None:
        self.connections: list[Connection] = []
        self.round_trips = 0
        self._make = mysql_connect(url)
        self._setting = setting
        self.before_round_trip: Callable[[], None] = lambda: None
        self.database = MySqlDatabase(self._connect, patience=patience, on_round_trip=self._count)

    def _connect(self) -> Connection:
        connection = self._make()
        self.connections.append(connection)
        if self._setting:
            connection.query(f"SET {self._setting}")
        return connection

    def _count(self) -> None:
        self.round_trips += 1
        self.before_round_trip()

    def name(self) -> str:
        return str(self.database.read(Statement("SELECT DATABASE() AS name"))[0]["name"])

    def count(self) -> int:
        return int(self.database.read(COUNT)[0]["n"])


@pytest.fixture
def opened(mariadb_url: str) -> Iterator[Opened]:
    made = Opened(mariadb_url)
    yield made
    made.database.close()


@contextmanager
def locked(mariadb: MariaDb, name: str, sequence: int = 1) -> Iterator[Callable[[], None]]:
    """Hold the lock of an event's row; gives what lets go of it."""
    with mariadb.connect(name) as connection:
        connection.begin()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE events SET created_at_ms = 0 WHERE sequence = %s", (sequence,))
        yield connection.rollback


def until(condition: Callable[[], Any]) -> Any:
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError("it did not come to pass")


def waiting(mariadb: MariaDb) -> int | None:
    """Give the id of the connection that waits for a row's lock."""
    time.sleep(CACHED_S)
    rows = mariadb.execute(
        "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"
    )
    return int(rows[0][0]) if rows else None


def transactions(mariadb: MariaDb) -> int:
    """Count the transactions that are open."""
    time.sleep(CACHED_S)
    return len(mariadb.execute("SELECT 1 FROM information_schema.innodb_trx"))


def status(mariadb: MariaDb, name: str) -> int:
    return int(mariadb.execute(f"SHOW GLOBAL STATUS LIKE '{name}'")[0][1])


# One round trip


def test_a_batch_is_one_packet_each_way(opened: Opened, mariadb: MariaDb, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.count()  # from here on there is a connection
    opened.round_trips, packets = 0, []
    send = pymysql.Connection._execute_command

    def counted(connection: Any, command: int, sql: Any) -> None:
        packets.append(sql)
        send(connection, command, sql)

    monkeypatch.setattr(pymysql.Connection, "_execute_command", counted)
    before = {name: status(mariadb, name) for name in ("Com_begin", "Com_commit", "Com_insert")}
    packets.clear()

    opened.database.write(entry(), entry(), event(1))
    opened.database.write(entry())
    opened.database.read(COUNT)
    assert len(packets) == opened.round_trips == 3

    after = {name: status(mariadb, name) - before[name] for name in before}
    assert after == {"Com_begin": 1, "Com_commit": 1, "Com_insert": 4}
    packets.clear()
    with pytest.raises(DuplicateError):
        opened.database.write(entry(), event(1))
    assert len(packets) == 2, "the batch, and what rolls it back"


def test_nothing_is_sent_that_pins_a_connection(opened: Opened) -> None:
    def counted() -> dict[str, str]:
        names = "('Com_set_option', 'Com_stmt_prepare', 'Com_change_db', 'Com_lock_tables', 'Created_tmp_tables')"
        rows = opened.database.read(Statement(f"SHOW SESSION STATUS WHERE variable_name IN {names}"))
        return {row["Variable_name"]: row["Value"] for row in rows}

    before = counted()
    for number in range(1, 6):
        opened.database.write(entry(), event(number))
        opened.database.read(COUNT)
    after = counted()

    assert len(before) == 5
    assert after == before
    assert len(opened.connections) == 1


# What is known to have had no effect


def test_deadlocks_are_repeated_until_all_is_written_once(opened: Opened, mariadb: MariaDb) -> None:
    opened.database.write(event(1), event(2))
    deadlocks = status(mariadb, "Innodb_deadlocks")

    def fight(number: int) -> None:
        first, second = (1, 2) if number % 2 else (2, 1)
        for _ in range(15):
            opened.database.write(touch(first), entry(), touch(second))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(fight, range(8)))

    assert status(mariadb, "Innodb_deadlocks") > deadlocks, "there was nothing to repeat"
    assert opened.count() == 8 * 15
    with mariadb.connect(opened.name()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT created_at_ms FROM events")
        assert cursor.fetchall() == ((121,), (121,))


def test_a_wait_for_a_lock_that_takes_too_long_undoes_the_whole_batch(mariadb_url: str, mariadb: MariaDb) -> None:
    opened = Opened(mariadb_url, Patience(total_s=0.1), "innodb_lock_wait_timeout = 1")
    opened.database.write(event(1))
    with locked(mariadb, opened.name()) as let_go:
        with pytest.raises(StoreUnavailableError) as raised:
            opened.database.write(entry(), touch(1))
        assert not isinstance(raised.value, CommitUnknownError)
        assert "1205" in str(raised.value)
        let_go()
        assert transactions(mariadb) == 0

    opened.database.write(entry(), touch(1))
    assert opened.count() == 1
    assert len(opened.connections) == 1
    opened.database.close()


def test_a_lock_that_is_let_go_in_time_is_waited_for(mariadb_url: str, mariadb: MariaDb) -> None:
    opened = Opened(mariadb_url, LONG, "innodb_lock_wait_timeout = 1")
    opened.database.write(event(1))
    with locked(mariadb, opened.name()) as let_go, ThreadPoolExecutor(1) as thread:
        done = thread.submit(opened.database.write, entry(), touch(1))
        until(lambda: opened.round_trips >= 5)  # the first attempt was given up, and rolled back
        let_go()
        done.result(WAIT_S)

    assert opened.count() == 1
    opened.database.close()


def test_a_server_that_has_become_a_reader_is_left_until_it_writes(mariadb_url: str, mariadb: MariaDb) -> None:
    opened = Opened(mariadb_url, LONG)
    opened.count()
    mariadb.execute("SET GLOBAL read_only = 1")
    try:
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(opened.database.write, entry(), event(1))
            until(lambda: len(opened.connections) >= 3)  # each attempt on a new connection
            assert opened.count() == 0
            mariadb.execute("SET GLOBAL read_only = 0")
            done.result(WAIT_S)
    finally:
        mariadb.execute("SET GLOBAL read_only = 0")

    assert opened.count() == 1
    opened.database.close()


def test_a_server_that_stays_a_reader_is_unavailable(mariadb_url: str, mariadb: MariaDb) -> None:
    opened = Opened(mariadb_url, SHORT)
    mariadb.execute("SET GLOBAL read_only = 1")
    try:
        for batch in ([entry()], [entry(), event(1)]):
            with pytest.raises(StoreUnavailableError) as raised:
                opened.database.write(*batch)
            assert not isinstance(raised.value, CommitUnknownError)
    finally:
        mariadb.execute("SET GLOBAL read_only = 0")

    assert opened.count() == 0
    opened.database.close()


def test_a_killed_query_is_repeated(opened: Opened, mariadb: MariaDb) -> None:
    opened.database.write(event(1))
    with locked(mariadb, opened.name()) as let_go, ThreadPoolExecutor(1) as thread:
        done = thread.submit(opened.database.write, entry(), touch(1))
        first = until(lambda: waiting(mariadb))
        mariadb.execute(f"KILL QUERY {first}")
        until(lambda: waiting(mariadb) not in (None, first))  # the second attempt, on another connection
        let_go()
        done.result(WAIT_S)

    assert opened.count() == 1


def test_a_server_without_a_free_connection_is_waited_for(mariadb_url: str, mariadb: MariaDb) -> None:
    before = mariadb.execute("SELECT @@max_connections")[0][0]
    mariadb.execute("SET GLOBAL max_connections = 10")
    crowd: list[Connection] = []
    try:
        with suppress(pymysql.OperationalError):
            for _ in range(20):
                crowd.append(mysql_connect(mariadb_url)())
        assert len(crowd) < 20
        with pytest.raises(StoreUnavailableError):
            Opened(mariadb_url, SHORT).database.read(COUNT)
        threading.Timer(0.2, crowd.pop().close).start()
        assert Opened(mariadb_url, LONG).count() == 0
    finally:
        for connection in crowd:
            connection.close()
        mariadb.execute(f"SET GLOBAL max_connections = {before}")


def test_who_is_refused_is_told_at_once(mariadb: MariaDb) -> None:
    opened = Opened(f"mysql://tercet:pass-secret@127.0.0.1:{mariadb.port}/payments_1")
    attempts = []
    database = MySqlDatabase(lambda: (attempts.append(1), opened._make())[1], patience=LONG)

    with pytest.raises(StoreUnavailableError) as raised:
        database.read(COUNT)

    assert len(attempts) == 1
    assert "1045" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_what_was_never_sent_as_a_whole_is_sent_again(opened: Opened) -> None:
    opened.count()

    def cut() -> None:
        opened.before_round_trip = lambda: None
        opened.connections[-1]._sock.shutdown(socket.SHUT_WR)

    opened.before_round_trip = cut
    opened.database.write(entry(), event(1))

    assert opened.count() == 1
    assert len(opened.connections) == 2


# What nobody can know


@pytest.mark.parametrize("batch", [[entry()], [entry(), event(1)]], ids=["one", "several"])
@pytest.mark.parametrize(("fate", "written"), [(Fate.UNTOLD, 1), (Fate.LOST, 0)])
def test_a_connection_that_is_reset_leaves_the_outcome_unknown(
    mariadb: MariaDb, mariadb_url: str, fate: Fate, written: int, batch: list[Any]
) -> None:
    direct = Opened(mariadb_url)
    name = direct.name()
    mariadb.execute(f"DELETE FROM {name}.events")
    with Proxy(lambda: socket.create_connection(("127.0.0.1", mariadb.port))) as proxy:
        through = Opened(mariadb.url(name, port=proxy.port))
        through.count()
        proxy.judge = lambda _text: fate

        with pytest.raises(CommitUnknownError):
            through.database.write(*batch)

        assert direct.count() == written
        proxy.judge = lambda _text: Fate.PASSED
        through.database.write(entry(), event(2))
        assert direct.count() == written + 1
        through.database.close()
    direct.database.close()


def test_a_server_killed_while_it_works_leaves_the_outcome_unknown(mariadb_url: str, mariadb: MariaDb) -> None:
    opened = Opened(mariadb_url, SHORT)
    opened.database.write(event(1))
    name = opened.name()
    holder = mariadb.connect(name)
    holder.begin()
    holder.query("UPDATE events SET created_at_ms = 0")
    try:
        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(opened.database.write, entry(), touch(1))
            until(lambda: waiting(mariadb))
            mariadb.kill()
            with pytest.raises(CommitUnknownError):
                done.result(WAIT_S)
        with pytest.raises(StoreUnavailableError) as down:
            opened.database.write(entry())
        assert not isinstance(down.value, CommitUnknownError)
        with pytest.raises(StoreUnavailableError):
            opened.database.read(COUNT)
    finally:
        mariadb.start()

    assert opened.count() == 0, "the batch was not committed"
    opened.database.write(entry(), touch(1))
    assert opened.count() == 1
    opened.database.close()


def test_what_was_committed_outlives_the_server(opened: Opened, mariadb: MariaDb) -> None:
    opened.database.write(entry(), event(1))
    mariadb.kill()
    mariadb.start()

    assert opened.count() == 1


# Connections


def test_a_connection_closed_while_idle_is_replaced_unnoticed(opened: Opened, mariadb: MariaDb) -> None:
    opened.database.write(event(1))
    number = opened.connections[0].thread_id()
    mariadb.execute(f"KILL {number}")
    until(
        lambda: (
            not mariadb.execute(
                f"SELECT 1 FROM information_schema.processlist WHERE id = {opened.connections[0].thread_id()}"
            )
        )
    )

    opened.database.write(entry(), touch(1))

    assert opened.count() == 1
    assert len(opened.connections) == 2


def test_a_reading_is_repeated_when_its_connection_ends(opened: Opened, mariadb: MariaDb) -> None:
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(opened.database.read, Statement("SELECT SLEEP(1) AS was_interrupted"))
        sleeping = "SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'"
        mariadb.execute(f"KILL {until(lambda: mariadb.execute(sleeping))[0][0]}")

        assert done.result(WAIT_S) == [{"was_interrupted": 0}]
    assert len(opened.connections) == 2


def test_one_that_was_idle_for_long_is_not_trusted(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    opened.count()
    now = time.time()
    monkeypatch.setattr(pool_module.time, "time", lambda: now + 300)

    opened.count()
    opened.count()

    assert len(opened.connections) == 2
    assert not opened.connections[0].open


def test_no_more_connections_are_made_than_allowed(mariadb_url: str) -> None:
    made = []
    connect = mysql_connect(mariadb_url)
    database = MySqlDatabase(lambda: (made.append(1), connect())[1], patience=LONG, connections=3)

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda _number: database.write(entry(), entry()), range(60)))

    assert 1 <= len(made) <= 3
    assert database.read(COUNT) == [{"n": 120}]
    database.close()


def test_no_error_leaves_a_transaction_open(opened: Opened, mariadb: MariaDb) -> None:
    opened.database.write(event(1))
    for fault in (event(1), entry(amount_minor=0), Statement("SELEC 1")):
        with pytest.raises((DuplicateError, RefusedError)):
            opened.database.write(entry(), fault)
        assert transactions(mariadb) == 0

    assert len(opened.connections) == 1
    assert opened.count() == 0


def test_without_a_rollback_a_transaction_would_stay_open(
    opened: Opened, mariadb: MariaDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.database.write(event(1))
    monkeypatch.setattr(MySqlDatabase, "_roll_back", lambda _self, _connection: True)

    with pytest.raises(DuplicateError):
        opened.database.write(entry(), event(1))

    assert transactions(mariadb) == 1, "the check of the tests above sees one"
