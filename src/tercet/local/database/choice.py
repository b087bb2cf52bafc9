"""Which database it is, and for how long."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from tercet.errors import LocalError
from tercet.local.database import mariadb

VARIABLE: Final = "TERCET_DATABASE_URL"
"""The user's own choice, and, under the same name, what every function is told."""

_SCHEMES: Final = ("sqlite", "mysql")
_LOGGER: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Database:
    """A database that functions can open.

    Parameters
    ----------
    url
        May hold a password: for functions only.
    name
        What may be shown of it.
    """

    url: str = field(repr=False)
    name: str


def check(environment: Mapping[str, str] | None = None) -> str | None:
    """Give the URL that the user has set, if any.

    Parameters
    ----------
    environment
        Variables to read; by default this process's own.

    Raises
    ------
    LocalError
        It is not the URL of a database that the processor speaks to.
    """
    url = (os.environ if environment is None else environment).get(VARIABLE)
    if not url:
        return None
    parts = urlsplit(url)
    is_file = parts.scheme == "sqlite" and not parts.netloc and parts.path.startswith("//")
    is_server = parts.scheme == "mysql" and bool(parts.hostname) and len(parts.path) > 1
    if not (is_file or is_server):
        raise LocalError(
            f"{VARIABLE} is not the URL of a database: write sqlite:////absolute/path.db or "
            "mysql://user:password@host:port/name, or leave it out for a database of tercet's own."
        )
    return url


@contextmanager
def serve(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Database]:
    """Provide a database until the context is left.

    Parameters
    ----------
    folder
        The session's, which everything is kept in and discarded with.
    environment
        As :func:`check` takes it.

    Raises
    ------
    LocalError
        The user's URL is none.
    """
    if url := check(environment):
        yield Database(url, f"{_kind(url)}, by {VARIABLE}")
        return
    programs = mariadb.find()
    if programs is None:
        yield _sqlite(folder, "no MariaDB is installed")
        return
    try:
        server = mariadb.start(programs, folder)
    except LocalError as error:
        # Nothing that was asked for has failed: a database is needed, and there is another.
        _LOGGER.warning("The private MariaDB did not start: %s", error)
        yield _sqlite(folder, "the installed MariaDB did not start, see mariadb.log")
        return
    with server:
        yield Database(server.url, f"MariaDB {programs.version}, private")


def _sqlite(folder: Path, why: str) -> Database:
    return Database(f"sqlite:///{quote(str(folder.absolute() / 'payments.db'))}", f"SQLite ({why})")


def _kind(url: str) -> str:
    return {"sqlite": "SQLite", "mysql": "a MySQL server"}[urlsplit(url).scheme]
