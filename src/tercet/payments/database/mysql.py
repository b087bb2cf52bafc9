"""Aurora MySQL, and MariaDB in its place: a batch is one query, so one round trip.

A batch of several statements is sent as ``BEGIN; …; COMMIT`` in one query. The server executes them one after the
other, and stops at the first that fails; what it had done then is rolled back. So whether something was written is
unknown only if the connection ends between the sending and the last answer.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pymysql
from pymysql.constants import CLIENT
from pymysql.cursors import Cursor, DictCursor

from tercet.payments.database import Row, Statement
from tercet.payments.database.mysql_errors import REFUSED_LOGINS, Meaning, code_of, meaning_of
from tercet.payments.database.patience import NothingWrittenError, Patience
from tercet.payments.database.pool import Pool
from tercet.payments.database.rendering import join, render
from tercet.payments.errors import (
    CommitUnknownError,
    DuplicateError,
    PaymentsError,
    RefusedError,
    StoreUnavailableError,
)

CONNECT_TIMEOUT_S: Final = 3.0
READ_TIMEOUT_S: Final = 12.0
"""Longer than a statement waits for a lock (10 s, by the instances' parameter group): that wait must end with the
server's own word, which is that nothing was written, and not with ours, which is that nobody knows."""

CONNECTION_OPTIONS: Final[dict[str, Any]] = {
    "charset": "utf8mb4",
    "autocommit": True,
    "client_flag": CLIENT.MULTI_STATEMENTS,
    "connect_timeout": CONNECT_TIMEOUT_S,
    "read_timeout": READ_TIMEOUT_S,
    "write_timeout": READ_TIMEOUT_S,
    # A text that is too long must be refused: without this mode it would be cut off. RDS Proxy keeps track of it, as of
    # the character set, so it pins nothing ("Avoiding pinning an RDS Proxy", Amazon Aurora User Guide).
    "sql_mode": "STRICT_ALL_TABLES",
}
"""How every connection is made, whoever it is made to."""

MAX_CONNECTIONS: Final = 32
"""An environment of Lambda uses one; the tests and the benchmark use more."""

MAX_IDLE_S: Final = 240.0
"""After this a connection is not trusted. Networks forget one that is idle for 350 s without telling its ends
("Connection idle timeout", Network Load Balancers, Elastic Load Balancing): the next write would have an unknown end.
"""

Connection: TypeAlias = "pymysql.Connection[Any]"
Connect: TypeAlias = Callable[[], Connection]

_GOOD: Final = frozenset({Meaning.DUPLICATE, Meaning.UNDONE, Meaning.REFUSED})
"""Meanings that leave the connection good."""


@dataclass(frozen=True)
class _Batch:
    """A query, and how many answers it gets: the last says that it is committed."""

    sql: str
    answers: int


class MySqlDatabase:
    """A :class:`~tercet.payments.database.Database` on a server that speaks MySQL's protocol.

    Parameters
    ----------
    connect
        Makes a connection with :data:`CONNECTION_OPTIONS`.
    patience
        How long to repeat what is known to have had no effect.
    connections
        The most connections at one time; further threads wait.
    on_round_trip
        Called whenever a query is about to be sent.
    """

    def __init__(
        self,
        connect: Connect,
        *,
        patience: Patience | None = None,
        connections: int = MAX_CONNECTIONS,
        on_round_trip: Callable[[], None] = lambda: None,
    ) -> None:
        self._patience = patience or Patience()
        self._on_round_trip = on_round_trip
        self._pool = Pool(
            make=lambda: _connected(connect),
            discard=_discard,
            is_usable=_is_usable,
            size=connections,
            wait_s=self._patience.total_s,
        )

    def write(self, *statements: Statement) -> None:
        """Execute the statements in one transaction, in one query; see the port for what is raised.

        Raises
        ------
        RefusedError
            A statement is at fault, such as one that violates a constraint. Nothing was written.
        """
        batch = _batch(statements)
        self._patience.repeat(lambda: self._write(batch))

    def read(self, statement: Statement) -> Sequence[Row]:
        """Execute one ``SELECT``; see the port. It is repeated whenever the connection ends, as it has no effect.

        Raises
        ------
        RefusedError
            The statement is at fault.
        """
        sql = render(statement)
        return self._patience.repeat(lambda: self._read(sql))

    def close(self) -> None:
        """Close the connections; those in use, when they are no longer."""
        self._pool.close()

    def _write(self, batch: _Batch) -> None:
        with self._pool.lent() as connection:
            failure = self._send(connection, batch)
        if failure:
            raise failure

    def _send(self, connection: Connection, batch: _Batch) -> Exception | None:
        """Send a batch and read its answers.

        Returns
        -------
        Exception or None
            What to raise, if the connection is as good as before; if it is not, that is raised from here.
        """
        answered = 0
        try:
            with connection.cursor(Cursor) as cursor:
                self._on_round_trip()
                cursor.execute(batch.sql)
                answered = 1
                while cursor.nextset():
                    answered += 1
        except Exception as error:  # a torn answer makes PyMySQL raise nearly anything
            meaning = meaning_of(error, is_committing=answered == batch.answers - 1)
            failure = _failure(meaning, error)
            failure.__cause__ = error
            is_closed = batch.answers == 1 or (meaning in _GOOD and self._roll_back(connection))
            if meaning in _GOOD and is_closed:
                return failure
            raise failure from error
        return None

    def _roll_back(self, connection: Connection) -> bool:
        """End the transaction that a batch has left open; tells whether that is sure.

        A wait for a lock that took too long undoes the statement only, not the transaction ("InnoDB Error Handling",
        MySQL 8.0 Reference Manual). If this cannot be said to the server, it rolls back when the connection ends.
        """
        try:
            self._on_round_trip()
            connection.rollback()
        except Exception:  # noqa: BLE001 - as above; the connection is discarded
            return False
        return True

    def _read(self, sql: str) -> Sequence[Row]:
        with self._pool.lent() as connection:
            try:
                with connection.cursor(DictCursor) as cursor:
                    self._on_round_trip()
                    cursor.execute(sql)
                    return list(cursor.fetchall())
            except Exception as error:
                if meaning_of(error, is_committing=False) is Meaning.REFUSED:
                    raise _refused(error) from error
                raise NothingWrittenError(f"The database did not answer ({_name(error)})") from error


def _batch(statements: Sequence[Statement]) -> _Batch:
    rendered = [render(statement) for statement in statements]
    return _Batch(join(rendered), answers=len(rendered) + 2 if len(rendered) > 1 else 1)


def _failure(meaning: Meaning, error: Exception) -> Exception:
    if meaning is Meaning.DUPLICATE:
        return DuplicateError("A row with this key is there already. Nothing was written.")
    if meaning is Meaning.LOST:
        return CommitUnknownError(f"The connection ended ({_name(error)}): whether it was committed is unknown.")
    if meaning is Meaning.REFUSED:
        return _refused(error)
    return NothingWrittenError(f"The database does not write for now ({_name(error)})")


def _refused(error: Exception) -> PaymentsError:
    return RefusedError(f"The database refuses a statement ({_name(error)}). Nothing was written.")


def _name(error: Exception) -> str:
    """Tell which error it is, without its message: that may repeat what a caller sent."""
    return f"{type(error).__name__} {code_of(error)}"


def _connected(connect: Connect) -> Connection:
    try:
        return connect()
    except pymysql.MySQLError as error:
        if code_of(error) in REFUSED_LOGINS:
            raise StoreUnavailableError(
                f"The database refuses the user, or does not exist ({_name(error)}). Nothing was written."
            ) from error
        raise NothingWrittenError(f"The database cannot be reached ({_name(error)})") from error


def _is_usable(connection: Connection, idle_s: float) -> bool:
    """Tell whether an idle connection still stands, as far as this side can know without a round trip.

    A server or a proxy that closes a connection says so at once, and one that was asked nothing has nothing else to
    say: what can be read from is over.
    """
    if not 0 <= idle_s < MAX_IDLE_S or not connection.open:
        return False
    readable = select.poll()
    # PyMySQL has no public way to its socket.
    readable.register(connection._sock, select.POLLIN)  # type: ignore[attr-defined]
    return not readable.poll(0)


def _discard(connection: Connection) -> None:
    with suppress(pymysql.MySQLError, OSError):
        connection.close()
