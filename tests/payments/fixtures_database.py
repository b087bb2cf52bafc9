"""Every test of what is stored runs twice: on SQLite, and on MariaDB in Aurora's place."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tercet.payments.database import Database
from tercet.payments.database.opening import open_database
from tercet.payments.migrations.run import migrate
from tests.payments import mariadb as private
from tests.payments.mariadb import MariaDb

TABLES = ("operations", "payments", "entries", "events")


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """A server of the tests' own. Whoever kills it starts it again."""
    if not private.is_here():
        if os.environ.get("CI"):
            pytest.fail(private.MISSING)
        pytest.skip(private.MISSING)
    folder = Path(tempfile.mkdtemp(prefix="mdb-"))
    try:
        server = MariaDb(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "payments.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _migrated_mariadb(mariadb: MariaDb) -> str:
    name = mariadb.create_database()
    migrate(mariadb.url(name))
    return name


@pytest.fixture
def sqlite_url(_migrated_sqlite: Path, tmp_path: Path) -> str:
    """A file of the test's own, migrated."""
    path = tmp_path / "payments.db"
    shutil.copyfile(_migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def mariadb_url(mariadb: MariaDb, _migrated_mariadb: str) -> str:
    """The migrated database, emptied."""
    # Emptying them is a tenth of the work of making them anew, and unlike DELETE asks no trigger.
    mariadb.execute(f"USE {_migrated_mariadb}", *(f"TRUNCATE TABLE {table}" for table in TABLES))
    return mariadb.url(_migrated_mariadb)


@pytest.fixture(params=["sqlite", "mariadb"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated, empty database of each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database of each kind."""
    opened = open_database(database_url)
    yield opened
    opened.close()
