"""A private MariaDB: in a folder of its own, on a socket that only this user can reach, gone with who started it.

It keeps nothing that anybody needs afterwards, so it is killed rather than shut down.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tercet.errors import LocalError

DATABASE: Final = "payments"
INSTALL_LIMIT_S: Final = 90.0
START_LIMIT_S: Final = 60.0
_STOP_LIMIT_S: Final = 10.0
_POLL_S: Final = 0.05
_VERSION_LIMIT_S: Final = 10.0

_SEARCHED: Final = os.pathsep.join(("/usr/sbin", "/usr/local/sbin", "/usr/libexec"))
"""Where packages put a server that is not on everybody's PATH."""

_OPTIONS: Final = (
    "--skip-networking",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=16M",
    "--performance-schema=OFF",
    # As Aurora is set up here (tercet.stack.database): a payment that waits for a lock must hear of it in time.
    "--innodb-lock-wait-timeout=10",
    # What a crash of the machine loses is lost with the session anyway.
    "--innodb-flush-log-at-trx-commit=2",
)

_FIRST_STATEMENTS: Final = "first.sql"
_SUPERVISOR: Final = Path(__file__).with_name("supervisor.py")


@dataclass(frozen=True)
class Programs:
    """An installed MariaDB.

    Parameters
    ----------
    server, installer
        ``mariadbd`` and ``mariadb-install-db``.
    version
        Such as ``10.11.6``.
    """

    server: str
    installer: str
    version: str


class Server:
    """A MariaDB that answers; ends with the context, or with this process, however that ends."""

    def __init__(self, supervisor: subprocess.Popen[bytes], address: Path) -> None:
        self._supervisor = supervisor
        self._address = address

    @property
    def address(self) -> Path:
        """Its socket, in a folder that nobody but this user can enter."""
        return self._address

    @property
    def url(self) -> str:
        """Where its database is; nobody but this user can reach the socket, so there is no password."""
        return f"mysql://root@localhost/{DATABASE}?unix_socket={self._address}"

    def stop(self) -> None:
        """Kill it, and wait for its end."""
        if self._supervisor.stdin:
            self._supervisor.stdin.close()
        self._supervisor.terminate()
        try:
            self._supervisor.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._supervisor.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def find() -> Programs | None:
    """Look for an installed MariaDB; ``None`` if there is none, or it does not tell its version."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), _SEARCHED))
    server, installer = shutil.which("mariadbd", path=path), shutil.which("mariadb-install-db", path=path)
    if server is None or installer is None:
        return None
    try:
        told = subprocess.run(
            [server, "--no-defaults", "--version"],
            capture_output=True,
            text=True,
            timeout=_VERSION_LIMIT_S,
            check=False,
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"(\d+\.\d+\.\d+)-MariaDB", told)
    return Programs(server, installer, version[1]) if version else None


def start(programs: Programs, folder: Path, *options: str) -> Server:
    """Make a database below a folder and serve it; whatever was there is discarded.

    Parameters
    ----------
    folder
        Where its files go (``mariadb/``), and what it and its installer say (``mariadb.log``).
    options
        Further ones of the server; they win over the usual ones.

    Raises
    ------
    LocalError
        It could not be made, or does not answer: the log's end is quoted.
    """
    data = folder / "mariadb"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    _install(programs, data, folder / "mariadb.log")
    (data / _FIRST_STATEMENTS).write_text(f"CREATE DATABASE IF NOT EXISTS {DATABASE} CHARACTER SET utf8mb4;\n")
    return resume(programs, folder, *options)


def resume(programs: Programs, folder: Path, *options: str) -> Server:
    """Serve what :func:`start` made below a folder, after that server has ended; see there."""
    data, log = folder / "mariadb", folder / "mariadb.log"
    # The path of a socket has room for about a hundred characters, and the user's folder may take more.
    short = Path(tempfile.mkdtemp(prefix="tercet-"))
    address = short / "mariadb.sock"
    command = [
        programs.server,
        "--no-defaults",
        f"--datadir={data}",
        f"--socket={address}",
        f"--pid-file={short / 'mariadb.pid'}",
        f"--init-file={data / _FIRST_STATEMENTS}",
        *_OPTIONS,
        *options,
        *_as_this_user(),
    ]
    with log.open("ab") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_SUPERVISOR), str(short), *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
        )
    server = Server(supervisor, address)
    deadline = time.monotonic() + START_LIMIT_S
    while not _answers(address):
        if supervisor.poll() is not None or time.monotonic() > deadline:
            server.stop()
            raise LocalError(f"MariaDB does not answer:\n{_end_of(log)}")
        time.sleep(_POLL_S)
    return server


def _install(programs: Programs, data: Path, log: Path) -> None:
    command = [
        programs.installer,
        "--no-defaults",
        # From where it is: the installer is a shell script that takes a path with blanks for several.
        f"--datadir=./{data.name}",
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        *_as_this_user(),
    ]
    try:
        with log.open("ab") as output:
            subprocess.run(
                command,
                cwd=data.parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                timeout=INSTALL_LIMIT_S,
                check=True,
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise LocalError(f"mariadb-install-db made no database ({error}):\n{_end_of(log)}") from error


def _as_this_user() -> list[str]:
    """Name this user: as root MariaDB refuses to run unless told that it is meant."""
    return [f"--user={pwd.getpwuid(os.geteuid()).pw_name}"] if os.geteuid() == 0 else []


def _answers(address: Path) -> bool:
    """Tell whether the server greets; a client that leaves after the greeting is nothing to it."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1.0)
        try:
            connection.connect(str(address))
            return bool(connection.recv(1))
        except OSError:
            return False


def _end_of(log: Path) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-10:])
    except OSError:
        return "(it left no log)"
