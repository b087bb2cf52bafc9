"""The database of an embedded deployment: which one it is, that it answers, and that nothing of it is left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from tercet.errors import LocalError
from tercet.local.database import check, choice, mariadb, serve
from tests.payments.mariadb import MISSING


@pytest.fixture
def programs() -> mariadb.Programs:
    found = mariadb.find()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return found


@pytest.mark.parametrize(
    "url", ["sqlite:////tmp/a.db", "mysql://u:p@127.0.0.1:3307/payments", "mysql://u@localhost/p?unix_socket=/tmp/s"]
)
def test_the_users_own_database_wins(url: str, tmp_path: Path):
    with serve(tmp_path, {choice.VARIABLE: url}) as database:
        assert database.url == url
        assert ":p@" not in database.name
        assert "TERCET_DATABASE_URL" in database.name
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    [
        "payments.db",
        "sqlite:///relative.db",
        "sqlite://",
        "mysql://localhost",
        "mysql:///payments",
        "postgres://h/payments",
    ],
)
def test_what_is_no_database_is_refused_in_a_sentence(url: str):
    with pytest.raises(LocalError, match="sqlite:////absolute"):
        check({choice.VARIABLE: url})


def test_without_mariadb_it_is_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mariadb, "find", lambda: None)
    with serve(tmp_path, {}) as database:
        assert database.url == f"sqlite:///{tmp_path / 'payments.db'}"
        assert "no MariaDB" in database.name


def test_a_mariadb_that_does_not_start_is_replaced_by_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    broken = mariadb.Programs(server="/bin/false", installer="/bin/false", version="10.11.0")
    monkeypatch.setattr(mariadb, "find", lambda: broken)
    with serve(tmp_path, {}) as database:
        assert database.url.startswith("sqlite:////")
        assert "did not start" in database.name
    assert "mariadb-install-db" not in database.name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose path has blanks and is longer than the path of a socket may be."""
    made = tmp_path / "a folder with blanks" / ("long" * 25)
    made.mkdir(parents=True)
    return made


@pytest.fixture
def server(programs: mariadb.Programs, folder: Path) -> Iterator[mariadb.Server]:
    with mariadb.start(programs, folder) as started:
        yield started


def processes_of(folder: Path) -> list[int]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words:
            found.append(int(process.name))
    return found


def gone(address: str, folder: Path, within_s: float = 10) -> bool:
    deadline = time.monotonic() + within_s
    while Path(address).parent.exists() or processes_of(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def address_of(url: str) -> str:
    return url.partition("unix_socket=")[2]


def test_a_private_mariadb_answers_its_user_only_and_leaves_nothing(programs: mariadb.Programs, folder: Path):
    with mariadb.start(programs, folder) as server:
        address = Path(address_of(server.url))
        assert address.parent.stat().st_mode & 0o077 == 0, "others can reach the socket"
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(address))
            greeting = client.recv(200)
        assert programs.version.encode() in greeting
        assert processes_of(folder)
    assert gone(str(address), folder, within_s=1)


def test_its_database_can_be_used(server: mariadb.Server):
    connection = pymysql.connect(unix_socket=address_of(server.url), user="root", database="payments")
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT @@character_set_database, @@skip_networking, @@innodb_lock_wait_timeout")
        assert cursor.fetchone() == ("utf8mb4", 1, 10)


HOLDER = """
import sys, time
from pathlib import Path
from tercet.local.database import mariadb
server = mariadb.start(mariadb.find(), Path(sys.argv[1]))
print(server.url, flush=True)
time.sleep(600)
"""


def test_it_ends_with_who_started_it_even_if_that_is_killed(programs: mariadb.Programs, folder: Path):
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout
        address = address_of(holder.stdout.readline().strip())
        assert Path(address).exists()
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert gone(address, folder)
