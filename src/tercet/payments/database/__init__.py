"""The database as a port: what the processor asks of SQLite and of Aurora MySQL alike.

Every write is one batch of statements that commits as a whole, sent in one round trip, and every batch can be
recognized by a primary or unique key that it inserts. So whatever happens to the connection, it can be told afterwards
whether the batch was committed, and a second writer of the same thing is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Value = str | int | None
"""What a column may hold. Times are milliseconds since 1970 in UTC, documents are JSON text."""

Row = Mapping[str, Any]
"""Column → value."""


@dataclass(frozen=True)
class Statement:
    """One SQL statement.

    Parameters
    ----------
    sql
        With named placeholders such as ``:merchant``; in the dialect that MySQL 8.0, MariaDB and SQLite share.
    values
        Placeholder → value. There may be more than the statement uses.
    """

    sql: str
    values: Mapping[str, Value] = field(default_factory=dict)


class Database(Protocol):
    """A database that the schema stands in. Safe to be used by several threads."""

    def write(self, *statements: Statement) -> None:
        """Execute the statements in one transaction and commit it, all in one round trip.

        Deadlocks, lock waits that took too long and a server that has just become read-only are known to have
        committed nothing: they are tried again, a few times, with growing pauses.

        Raises
        ------
        DuplicateError
            A row with the same primary or unique key is there already. Nothing was written.
        CommitUnknownError
            The connection ended after the batch was sent: it may have been committed, or may be yet.
        StoreUnavailableError
            Nothing was written, and repeating did not help.
        """

    def read(self, statement: Statement) -> Sequence[Row]:
        """Execute one ``SELECT`` outside of any transaction, against the writer, and give its rows.

        Raises
        ------
        StoreUnavailableError
            There is no answer, and repeating did not help.
        """

    def close(self) -> None:
        """Close the connections. The next call opens one anew."""
