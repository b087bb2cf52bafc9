"""SQLite among several processes, and what becomes of a writer that dies."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tercet.payments.database.opening import open_database, sqlite_path
from tercet.payments.database.patience import Patience
from tercet.payments.database.sqlite import SqliteDatabase
from tercet.payments.errors import CommitUnknownError, StoreUnavailableError
from tests.payments.database.parts import COUNT, entry

WRITER = """
import sys
from tercet.payments.database.opening import open_database
from tercet.payments.errors import DuplicateError
from tests.payments.database.parts import entry
database, won = open_database(sys.argv[1]), 0
for number in range(40):
    try:
        database.write(entry(f"op_{number}"), entry(f"other_{number}"))
        won += 1
    except DuplicateError:
        pass
print(won)
"""

DYING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("INSERT INTO entries VALUES ('op_1', 1, 'p', 'm', 'payable', 'EUR', 1, 'c', 1)")
print("written", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(sqlite_url: str) -> Path:
    found = sqlite_path(sqlite_url)
    assert found is not None
    return found


@pytest.fixture
def holder(path: Path) -> Iterator[sqlite3.Connection]:
    """Another connection to the file, which holds its write lock."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


def test_processes_with_the_same_keys_write_each_once(sqlite_url: str) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, sqlite_url], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    won = [int(writer.communicate(timeout=60)[0]) for writer in writers]

    assert sum(won) == 40
    assert open_database(sqlite_url).read(COUNT) == [{"n": 80}]


def test_a_file_that_stays_locked_is_unavailable(path: Path, holder: sqlite3.Connection) -> None:
    database = SqliteDatabase(path, patience=Patience(total_s=0.1))

    with pytest.raises(StoreUnavailableError) as raised:
        database.write(entry("op_1"))
    assert not isinstance(raised.value, CommitUnknownError)
    assert database.read(COUNT) == [{"n": 0}], "readers wait for nobody"

    holder.rollback()
    database.write(entry("op_1"))
    assert database.read(COUNT) == [{"n": 1}]


def test_a_lock_that_is_let_go_is_waited_for(path: Path, holder: sqlite3.Connection) -> None:
    threading.Timer(0.3, holder.rollback).start()

    database = SqliteDatabase(path)
    database.write(entry("op_1"))

    assert database.read(COUNT) == [{"n": 1}]


def test_a_writer_that_is_killed_leaves_nothing(path: Path) -> None:
    dying = subprocess.Popen(
        [sys.executable, "-c", DYING, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert dying.stdout is not None
    assert dying.stdout.readline() == "written\n"
    dying.kill()
    dying.wait()

    database = SqliteDatabase(path)
    database.write(entry("op_1"))

    assert database.read(COUNT) == [{"n": 1}]


def test_what_is_committed_is_on_the_disk(path: Path) -> None:
    connection = SqliteDatabase(path)._connect()

    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2  # FULL
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "none.db")

    with pytest.raises(StoreUnavailableError):
        database.read(COUNT)

    assert not (tmp_path / "none.db").exists()
