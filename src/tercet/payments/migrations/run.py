"""Brings a database to the schema of this release."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import Connection as Session
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tercet.payments.database.mysql import Connect, Connection
from tercet.payments.database.opening import mysql_connect, sqlite_path
from tercet.payments.errors import SchemaError, StoreUnavailableError
from tercet.payments.schema import KNOWN

_ANSWER_S: Final = 240.0
"""How long to wait for the server's answer: it may have a large table to rewrite."""

_LOCK_TIMEOUT_S: Final = 60
"""How long to wait for another migration of the same database."""


def migrate(url: str) -> int:
    """Migrate the database at a URL; one that is migrated already stays as it is.

    Parameters
    ----------
    url
        As :func:`~tercet.payments.database.opening.open_database` takes it. A SQLite file is made if it is missing; a
        database on a server is not.

    Returns
    -------
    int
        The schema's version now. It is higher than this release's where a newer one was here, which still allows this.

    Raises
    ------
    ConfigurationError
        It is no such URL.
    SchemaError
        A newer release was here, and its schema does not serve this one.
    StoreUnavailableError
        Another migration has been running for long.
    """
    path = sqlite_path(url)
    return migrate_sqlite(path) if path else migrate_mysql(mysql_connect(url))


def migrate_mysql(connect: Connect) -> int:
    """Migrate a database on a server that speaks MySQL's protocol; see :func:`migrate`.

    Parameters
    ----------
    connect
        Makes a connection, as a user who may create tables and triggers.
    """

    def connect_patiently() -> Connection:
        connection = connect()
        # PyMySQL has no public way to change it, and `connect` has made it as short as payments need it.
        connection._read_timeout = _ANSWER_S  # type: ignore[attr-defined]
        return connection

    return _migrate(create_engine("mysql+pymysql://", creator=connect_patiently, poolclass=NullPool), _server_lock)


def migrate_sqlite(path: Path) -> int:
    """Migrate a SQLite file, making it if it is missing; see :func:`migrate`."""
    return _migrate(create_engine(f"sqlite:///{path}", poolclass=NullPool), _file_lock)


def _migrate(engine: Engine, lock: Callable[[Session], AbstractContextManager[None]]) -> int:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.connect() as connection, lock(connection):
        version = _version(connection)
        if version <= KNOWN:
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
            version = _version(connection)
        connection.commit()
    return version


def _version(connection: Session) -> int:
    """Read the schema's version; 0 where there is none yet.

    Raises
    ------
    SchemaError
        It does not serve this release.
    """
    if not inspect(connection).has_table("schema_version"):
        return 0
    row = connection.exec_driver_sql("SELECT version, oldest_compatible FROM schema_version WHERE id = 1").first()
    if row is None:
        return 0
    version, oldest_compatible = int(row[0]), int(row[1])
    if oldest_compatible > KNOWN:
        raise SchemaError(
            f"The database's schema is version {version}, which serves releases from {oldest_compatible} on; this one"
            f" knows {KNOWN}. Nothing was changed. Deploy a newer release."
        )
    return version


@contextmanager
def _server_lock(connection: Session) -> Iterator[None]:
    """Let one migration of a database run at a time. The lock pins a connection of RDS Proxy: this one, while it is.

    It belongs to the connection: a migration that dies gives it back ("Locking Functions", MySQL 8.0 Reference Manual).
    """
    # A name has 64 characters at most, and so has a database's: its digest is shorter.
    name = "CONCAT('tercet-migration-', MD5(DATABASE()))"
    if connection.exec_driver_sql(f"SELECT GET_LOCK({name}, {_LOCK_TIMEOUT_S})").scalar() != 1:
        raise _busy()
    try:
        yield
    finally:
        connection.exec_driver_sql(f"SELECT RELEASE_LOCK({name})")


@contextmanager
def _file_lock(connection: Session) -> Iterator[None]:
    """Let one migration of a file run at a time: in one transaction, which takes the file's write lock first."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {1000 * _LOCK_TIMEOUT_S}")
    try:
        # Kept by the file. It lets readers read while somebody writes.
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except OperationalError as error:
        raise _busy() from error
    yield


def _busy() -> StoreUnavailableError:
    return StoreUnavailableError(
        f"Another migration of this database has been running for {_LOCK_TIMEOUT_S} s. Nothing was changed."
    )
