"""Migrations: cut short anywhere, run twice, run at once, run on what a newer release has left."""

from __future__ import annotations

import functools
import itertools
import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tercet.payments.database import Statement
from tercet.payments.database.opening import mysql_connect, open_database, sqlite_path
from tercet.payments.errors import ConfigurationError, RefusedError, SchemaError, StoreUnavailableError
from tercet.payments.migrations import run
from tercet.payments.migrations.run import migrate, migrate_mysql
from tercet.payments.schema import KNOWN, require_known
from tests.payments.database.parts import entry
from tests.payments.mariadb import MariaDb

CHANGES = ("CREATE", "REPLACE", "INSERT", "DELETE", "UPDATE", "COMMIT")
KILLED = 9


def migrate_and_die(url: str, when: str, number: int) -> int:
    """Migrate in a process of its own, which dies before or after a statement; gives how it ended.

    It is forked, because loading Alembic would take longer than all the rest.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = itertools.count(number - 1, -1)

    def die(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.strip().startswith(CHANGES) and next(left) == 0:
            os._exit(KILLED)

    ended = KILLED + 1
    try:
        event.listen(Engine, f"{when}_cursor_execute", die)
        ended = migrate(url)
    finally:
        os._exit(ended)


@pytest.fixture(params=["sqlite", "mariadb"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind without a schema; of SQLite not even the file is there."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    server: MariaDb = request.getfixturevalue("mariadb")
    return server.url(server.create_database())


def described(url: str) -> list[Any]:
    """Describe all that the migrations make, as the database itself does."""
    if path := sqlite_path(url):
        with sqlite3.connect(path) as connection:
            return sorted(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall(), key=str)
    with mysql_connect(url)() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW TABLES")
        tables = sorted(name for (name,) in cursor.fetchall())
        made = []
        for table in tables:
            cursor.execute(f"SHOW CREATE TABLE {table}")
            made.append(cursor.fetchone())
        cursor.execute(
            "SELECT trigger_name, event_manipulation, action_statement FROM information_schema.triggers"
            " WHERE trigger_schema = DATABASE() ORDER BY trigger_name"
        )
        return [*made, *cursor.fetchall()]


def rows(url: str) -> list[Any]:
    database = open_database(url)
    found = [
        dict(row)
        for table in ("schema_version", "alembic_version")
        for row in database.read(Statement(f"SELECT * FROM {table}"))
    ]
    database.close()
    return found


def test_it_makes_the_schema_that_this_processor_knows(empty_url: str) -> None:
    assert migrate(empty_url) == KNOWN

    database = open_database(empty_url)
    require_known(database)
    database.write(entry())
    database.close()
    assert rows(empty_url) == [{"id": 1, "version": KNOWN, "oldest_compatible": 1}, {"version_num": f"{KNOWN:04}"}]


def test_running_it_again_changes_nothing(empty_url: str) -> None:
    migrate(empty_url)
    database = open_database(empty_url)
    database.write(entry("op_1"))
    before = described(empty_url)

    assert migrate(empty_url) == KNOWN

    assert described(empty_url) == before
    assert database.read(Statement("SELECT operation_id FROM entries")) == [{"operation_id": "op_1"}]
    database.close()


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_statement_it_is_completed_by_the_next(
    empty_url: str, when: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    migrate(empty_url)
    whole = described(empty_url)
    deaths = 0
    for number in range(1, 40):
        if sqlite_path(empty_url):
            url = f"sqlite:///{tmp_path / f'{number}.db'}"
        else:
            server: MariaDb = request.getfixturevalue("mariadb")
            url = server.url(server.create_database())
        if (ended := migrate_and_die(url, when, number)) != KILLED:
            assert ended == KNOWN, "it was not cut short, but it failed"
            break
        deaths += 1
        assert migrate(url) == KNOWN
        assert described(url) == whole
        assert rows(url) == rows(empty_url)
    assert deaths >= 9, "each table, trigger and row is a statement of its own"


@pytest.mark.slow
def test_several_at_once_do_it_once(empty_url: str) -> None:
    program = "import sys; from tercet.payments.migrations.run import migrate; sys.exit(migrate(sys.argv[1]))"
    with ThreadPoolExecutor(3) as threads:
        ended = list(
            threads.map(
                lambda _number: subprocess.run([sys.executable, "-c", program, empty_url], timeout=60).returncode,
                range(3),
            )
        )

    assert ended == [KNOWN] * 3
    require_known(open_database(empty_url))


def test_it_waits_for_another_only_so_long(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_LOCK_TIMEOUT_S", 0)
    migrate(empty_url)
    if path := sqlite_path(empty_url):
        other: Any = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
    else:
        other = mysql_connect(empty_url)()
        other.cursor().execute("SELECT GET_LOCK(CONCAT('tercet-migration-', MD5(DATABASE())), 0)")

    with pytest.raises(StoreUnavailableError, match="Another migration"):
        migrate(empty_url)
    other.close()
    assert migrate(empty_url) == KNOWN


def test_it_waits_longer_for_an_answer_than_payments_do(mariadb: MariaDb) -> None:
    url = mariadb.url(mariadb.create_database())
    impatient = functools.partial(mysql_connect(url), read_timeout=1)
    other = mysql_connect(url)()
    other.cursor().execute("SELECT GET_LOCK(CONCAT('tercet-migration-', MD5(DATABASE())), 0)")
    threading.Timer(1.5, other.close).start()

    assert migrate_mysql(impatient) == KNOWN


@pytest.mark.parametrize(("version", "oldest", "serves"), [(KNOWN + 1, KNOWN, True), (KNOWN + 2, KNOWN + 1, False)])
def test_what_a_newer_release_has_made_is_left_alone(empty_url: str, version: int, oldest: int, serves: bool) -> None:
    migrate(empty_url)
    database = open_database(empty_url)
    database.write(
        Statement(f"UPDATE schema_version SET version = {version}, oldest_compatible = {oldest}"),
        Statement("UPDATE alembic_version SET version_num = '0099'"),
    )
    before = described(empty_url), rows(empty_url)

    if serves:
        assert migrate(empty_url) == version
        require_known(database)
    else:
        with pytest.raises(SchemaError, match="newer"):
            migrate(empty_url)
        with pytest.raises(SchemaError, match="newer"):
            require_known(database)
    assert (described(empty_url), rows(empty_url)) == before
    database.close()


def test_a_schema_that_is_too_old_or_none_is_refused(empty_url: str) -> None:
    if path := sqlite_path(empty_url):
        path.touch()
    database = open_database(empty_url)
    with pytest.raises(SchemaError, match="Run the migration"):
        require_known(database)

    migrate(empty_url)
    database.write(Statement("UPDATE schema_version SET version = 0, oldest_compatible = 0"))
    with pytest.raises(SchemaError, match="Run its migration"):
        require_known(database)
    database.write(Statement("DELETE FROM schema_version"))
    with pytest.raises(SchemaError, match="begun, not completed"):
        require_known(database)
    database.close()


def test_there_is_one_row_of_the_version(empty_url: str) -> None:
    migrate(empty_url)
    database = open_database(empty_url)
    with pytest.raises(RefusedError):
        database.write(Statement("INSERT INTO schema_version VALUES (2, 1, 1)"))
    database.close()


def test_the_last_migration_is_the_schema_that_is_known() -> None:
    versions = sorted(path.name for path in (Path(run.__file__).parent / "versions").glob("v*.py"))

    assert versions[-1].startswith(f"v{KNOWN:04}_")


def test_checking_the_schema_does_not_load_alembic() -> None:
    program = (
        "import sys, tercet.payments.schema, tercet.payments.database.opening as o; o.open_database(sys.argv[1]);"
        " sys.exit(any(name.split('.')[0] in ('alembic', 'sqlalchemy') for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", program, "sqlite:////tmp/x.db"], timeout=60).returncode == 0


def test_a_url_of_another_form_is_refused() -> None:
    with pytest.raises(ConfigurationError):
        migrate("postgresql://localhost/payments")


def test_the_balance_of_an_account_is_added_up_from_its_index(mariadb_url: str, mariadb: MariaDb) -> None:
    name = mariadb_url.rsplit("/", 1)[1]
    plan = mariadb.execute(
        f"USE {name}",
        "EXPLAIN SELECT currency, SUM(amount_minor) FROM entries WHERE merchant = 'acme' AND account = 'payable'"
        " GROUP BY currency ORDER BY currency",
    )
    assert "entries_account" in plan[0]
    assert "Using index" in plan[0][-1]


def test_a_page_of_entries_is_read_in_the_order_of_its_index(mariadb_url: str, mariadb: MariaDb) -> None:
    name = mariadb_url.rsplit("/", 1)[1]
    plan = mariadb.execute(
        f"USE {name}",
        "EXPLAIN SELECT * FROM entries WHERE merchant = 'acme' AND account = 'payable'"
        " ORDER BY operation_id DESC, line DESC LIMIT 10",
    )
    assert "entries_account" in plan[0]
    assert "filesort" not in plan[0][-1]


def test_it_works_wherever_the_package_lies(tmp_path: Path) -> None:
    """The zip is unpacked to ``/var/task``: nothing may depend on another place, nor on a writable one."""
    package = tmp_path / "100% task"
    source = Path(run.__file__).parents[3]
    subprocess.run(["cp", "-r", str(source), str(package)], check=True)
    program = "import sys; from tercet.payments.migrations import run; print(run.__file__); run.migrate(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", program, f"sqlite:///{tmp_path / 'new.db'}"],
        env={**os.environ, "PYTHONPATH": str(package), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert str(package) in done.stdout
    require_known(open_database(f"sqlite:///{tmp_path / 'new.db'}"))
