"""What an error of a server that speaks MySQL's protocol says about what was written.

Codes and names: "Server Error Message Reference" and "Client Error Message Reference", MySQL 8.0 Error Reference;
"MariaDB Error Code Reference".
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from pymysql import err
from pymysql.constants import CR, ER


class Meaning(Enum):
    """What became of a batch that ended with an error."""

    DUPLICATE = auto()
    """A key is taken. Nothing is written, and the connection is good."""

    UNDONE = auto()
    """Nothing is written, and it may be tried again at once. The connection is good."""

    TURNED_AWAY = auto()
    """Nothing is written. Another connection may lead to a server that does better."""

    LOST = auto()
    """The connection, or the query, was ended at a moment that is not known: it may have been committed."""

    REFUSED = auto()
    """The batch is at fault. Nothing is written, and the connection is good."""


_READ_ONLY_TRANSACTION: Final = 1792
_READ_ONLY_MODE: Final = 1836
_DUP_ENTRY_WITH_KEY_NAME: Final = 1586
_CONNECTION_KILLED: Final = 1927
_CLIENT_INTERACTION_TIMEOUT: Final = 4031
_NONE_TO_BORROW: Final = 9501
"""RDS Proxy found no connection to the database in time: none is free, or there is no writer ("Common issues for MySQL
connections", RDS Proxy troubleshooting, Amazon Aurora User Guide)."""

_DUPLICATE: Final = frozenset({ER.DUP_ENTRY, _DUP_ENTRY_WITH_KEY_NAME})

_UNDONE: Final = frozenset(
    {
        ER.LOCK_DEADLOCK,
        ER.LOCK_WAIT_TIMEOUT,
        ER.CHECKREAD,  # of newer MariaDB: another transaction has changed the row since this one began
    }
)

_TURNED_AWAY: Final = frozenset(
    {
        ER.OPTION_PREVENTS_STATEMENT,  # --read-only: the writer has become a reader
        _READ_ONLY_MODE,
        _READ_ONLY_TRANSACTION,
        ER.CON_COUNT_ERROR,
        ER.TOO_MANY_USER_CONNECTIONS,
        _NONE_TO_BORROW,
        ER.DISK_FULL,
        ER.RECORD_FILE_FULL,
        ER.OUTOFMEMORY,
        ER.OUT_OF_RESOURCES,
    }
)

_ENDED: Final = frozenset(
    {
        ER.SERVER_SHUTDOWN,
        ER.QUERY_INTERRUPTED,
        _CONNECTION_KILLED,
        _CLIENT_INTERACTION_TIMEOUT,
        ER.ERROR_DURING_COMMIT,
        ER.UNKNOWN_ERROR,  # also what a proxy says that has lost its server
    }
)
"""The query was ended from outside. Where it was at work on a statement this is undone; but a COMMIT that is done is
told so, too, if the end comes before its answer."""

_NOT_OF_A_SERVER: Final = range(2000, 3000)

REFUSED_LOGINS: Final = frozenset(
    {
        ER.DBACCESS_DENIED_ERROR,
        ER.ACCESS_DENIED_ERROR,
        ER.BAD_DB_ERROR,
        1698,  # ER_ACCESS_DENIED_NO_PASSWORD_ERROR
        3118,  # ER_ACCOUNT_HAS_BEEN_LOCKED
    }
)
"""Errors on connecting that do not pass by themselves."""


def code_of(error: BaseException) -> int:
    """Give the number of an error of PyMySQL's; 0 if it has none."""
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def meaning_of(error: Exception, *, is_committing: bool) -> Meaning:
    """Read an error that came instead of an answer.

    Parameters
    ----------
    is_committing
        Whether all statements but the one that commits had been answered.
    """
    if not isinstance(error, err.MySQLError):
        return Meaning.LOST
    code = code_of(error)
    # PyMySQL says this only when the query could not be handed to the network as a whole: the server has, at most, the
    # beginning of a packet, and does not execute that. Likewise when the connection was closed before.
    if code == CR.CR_SERVER_GONE_ERROR or isinstance(error, err.InterfaceError):
        return Meaning.TURNED_AWAY
    if code in _NOT_OF_A_SERVER or isinstance(error, err.InternalError):
        return Meaning.LOST
    if code in _ENDED:
        return Meaning.LOST if is_committing else Meaning.TURNED_AWAY
    if code in _TURNED_AWAY:
        return Meaning.TURNED_AWAY
    if code in _UNDONE:
        return Meaning.UNDONE
    return Meaning.DUPLICATE if code in _DUPLICATE else Meaning.REFUSED
