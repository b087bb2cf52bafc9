"""A private MariaDB in a temporary folder: the tests' stand-in for Aurora MySQL, theirs to kill.

It is the one that the embedded AWS starts, with what a test needs besides: a port, full durability, databases at will.
"""

from __future__ import annotations

import itertools
import os
import signal
import socket
from pathlib import Path
from typing import Any, Final

import pymysql

from tercet.local.database import mariadb

MISSING: Final = (
    "MariaDB is not here: the tests need `mariadbd` and `mariadb-install-db` (Debian: apt-get install"
    " --no-install-recommends mariadb-server-core mariadb-client-core)."
)

USER: Final = "tercet"
PASSWORD: Final = "tercet"

_OPTIONS: Final = (
    "--skip-networking=0",
    "--bind-address=127.0.0.1",
    "--skip-log-bin",
    "--max-connections=300",
    "--innodb-buffer-pool-size=128M",
    "--innodb-log-file-size=96M",
    # What is committed outlives a kill, as in Aurora.
    "--innodb-flush-log-at-trx-commit=1",
)
_READ_TIMEOUT_S: Final = 60.0


def is_here() -> bool:
    """Tell whether MariaDB is installed."""
    return mariadb.find() is not None


class MariaDb:
    """A server of its own, on a socket and on a port of loopback, as durable as Aurora.

    Parameters
    ----------
    folder
        Where its data lies, and while it runs the number of its process (``pid``).
    """

    def __init__(self, folder: Path) -> None:
        programs = mariadb.find()
        if programs is None:
            raise RuntimeError(MISSING)
        self.port = _free_port()
        self._programs = programs
        self.folder = folder
        self._server: mariadb.Server | None = None
        self._was_started = False
        self._numbers = itertools.count(1)

    @property
    def socket(self) -> Path:
        """Where the administrator gets in; another one after each start."""
        assert self._server is not None, "it was not started"
        return self._server.address

    def start(self) -> None:
        """Start it, on the data that it left if it was killed, and wait until it answers."""
        start = mariadb.resume if self._was_started else mariadb.start
        own = (f"--port={self.port}", f"--pid-file={self.folder / 'pid'}")
        self._server = start(self._programs, self.folder, *_OPTIONS, *own)
        self._was_started = True

    def kill(self) -> None:
        """Kill it, as a lost zone does."""
        assert self._server is not None, "it was not started"
        os.kill(int((self.folder / "pid").read_text()), signal.SIGKILL)  # at once: its supervisor would take a moment
        self._server.stop()

    def stop(self) -> None:
        """End it. Nobody will need its data."""
        if self._server is not None:
            self._server.stop()

    def connect(self, database: str | None = None) -> pymysql.Connection[Any]:
        """Connect as the administrator, for what no processor does."""
        return pymysql.connect(
            unix_socket=str(self.socket),
            user="root",
            database=database,
            autocommit=True,
            ssl_disabled=True,
            read_timeout=_READ_TIMEOUT_S,
        )

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """Execute statements as the administrator; give the last one's rows."""
        with self.connect() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def create_database(self) -> str:
        """Make an empty database, and give its name."""
        name = f"payments_{next(self._numbers)}"
        self.execute(
            f"CREATE DATABASE {name}",
            f"CREATE USER IF NOT EXISTS {USER}@'%' IDENTIFIED BY '{PASSWORD}'",
            f"GRANT ALL ON {name}.* TO {USER}@'%'",
        )
        return name

    def url(self, database: str, *, port: int | None = None) -> str:
        """Give a database's URL: over TCP, as Aurora is reached.

        Parameters
        ----------
        port
            Of a proxy in front, instead of the server's own.
        """
        return f"mysql://{USER}:{PASSWORD}@127.0.0.1:{port or self.port}/{database}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
