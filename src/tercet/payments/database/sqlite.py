"""SQLite: the same schema and the same promises in one file, where no server is to be had.

Any number of threads and processes may share the file: writers take turns, readers wait for nobody (write-ahead log).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tercet.payments.database import Row, Statement
from tercet.payments.database.patience import NothingWrittenError, Patience
from tercet.payments.database.pool import Pool
from tercet.payments.errors import CommitUnknownError, DuplicateError, RefusedError, StoreUnavailableError

BUSY_TIMEOUT_S: Final = 2.0
"""How long SQLite itself waits for a writer in another process, before we do."""

MAX_CONNECTIONS: Final = 32

_DUPLICATE: Final = frozenset(
    {sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_ROWID}
)

_PASSING: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_CANTOPEN,
    }
)
"""Primary result codes that are of the moment, not of the statement ("Result and Error Codes", SQLite)."""

_PRIMARY: Final = 0xFF
"""The bits of a result code that say the kind; the others say which one of it."""


class SqliteDatabase:
    """A :class:`~tercet.payments.database.Database` in a file.

    Parameters
    ----------
    path
        The file, which the migration makes.
    patience
        How long to repeat what is known to have had no effect.
    on_round_trip
        Called before each batch and each reading: what would be a round trip to a server.
    """

    def __init__(
        self, path: Path, *, patience: Patience | None = None, on_round_trip: Callable[[], None] = lambda: None
    ) -> None:
        self._path = path
        self._patience = patience or Patience()
        self._on_round_trip = on_round_trip
        # SQLite lets its writers find out by trying whose turn it is; those of one process need not.
        self._turn = threading.Lock()
        self._pool = Pool(
            make=self._connect,
            discard=sqlite3.Connection.close,
            is_usable=lambda _connection, _idle_s: True,
            size=MAX_CONNECTIONS,
            wait_s=self._patience.total_s,
        )

    def write(self, *statements: Statement) -> None:
        """Execute the statements in one transaction, which takes the file's write lock first; see the port.

        Raises
        ------
        RefusedError
            A statement is at fault, such as one that violates a constraint. Nothing was written.
        """
        self._patience.repeat(lambda: self._write(statements))

    def read(self, statement: Statement) -> Sequence[Row]:
        """Execute one ``SELECT``; see the port.

        Raises
        ------
        RefusedError
            The statement is at fault.
        """
        return self._patience.repeat(lambda: self._read(statement))

    def close(self) -> None:
        """Close the connections; those in use, when they are no longer."""
        self._pool.close()

    def _write(self, statements: Sequence[Statement]) -> None:
        if not self._turn.acquire(timeout=self._patience.total_s):
            raise NothingWrittenError("Other writers of this process were always faster")
        try:
            with self._pool.lent() as connection:
                failure = self._commit(connection, statements)
            if failure:
                raise failure
        finally:
            self._turn.release()

    def _commit(self, connection: sqlite3.Connection, statements: Sequence[Statement]) -> Exception | None:
        """Execute and commit; gives what to raise, if the connection is as good as before."""
        is_committing = False
        try:
            self._on_round_trip()
            connection.execute("BEGIN IMMEDIATE")
            for statement in statements:
                connection.execute(statement.sql, dict(statement.values))
            is_committing = True
            connection.execute("COMMIT")
        except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
            failure = _failure(error, is_committing=is_committing)
            failure.__cause__ = error
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            return failure
        return None

    def _read(self, statement: Statement) -> Sequence[Row]:
        with self._pool.lent() as connection:
            try:
                self._on_round_trip()
                return [dict(row) for row in connection.execute(statement.sql, dict(statement.values))]
            except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
                raise _failure(error, is_committing=False) from error

    def _connect(self) -> sqlite3.Connection:
        if not self._path.exists():
            raise StoreUnavailableError("There is no such database file. The migration makes it.")
        try:
            connection = sqlite3.connect(
                self._path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            # What is committed is on the disk, not only in the operating system ("PRAGMA synchronous", SQLite).
            connection.execute("PRAGMA synchronous = FULL")
        except sqlite3.Error as error:
            raise _failure(error, is_committing=False) from error
        return connection


def _failure(error: Exception, *, is_committing: bool) -> Exception:
    code = getattr(error, "sqlite_errorcode", 0)
    name = f"{type(error).__name__} {getattr(error, 'sqlite_errorname', '')}".rstrip()
    if code in _DUPLICATE:
        return DuplicateError("A row with this key is there already. Nothing was written.")
    if is_committing and code & _PRIMARY == sqlite3.SQLITE_IOERR:
        return CommitUnknownError(f"The file could not be written ({name}): whether it was committed is unknown.")
    if code & _PRIMARY in _PASSING:
        return NothingWrittenError(f"The database's file cannot be used for now ({name})")
    return RefusedError(f"The database refuses a statement ({name}). Nothing was written.")
