"""One run of the embedded AWS: its server, its Terraform state and its files, in one folder, discarded together.

The server's memory and Terraform's state describe the same resources and mean nothing without each other, so a
session whose server died is not repaired but discarded, and the next ``up`` starts anew.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tercet.errors import LocalError
from tercet.local import environment

ROOT: Final = Path(".tercet")
START_LIMIT_S: Final = 180.0
"""Longer than a private database may take to be made and started; on a quiet machine all of it takes a few seconds."""

STOP_LIMIT_S: Final = 15.0
_POLL_S: Final = 0.1
_LOCK_LIMIT_S: Final = 2.0


@dataclass(frozen=True)
class Endpoints:
    """Where a running session answers, as the server itself announced.

    Parameters
    ----------
    pid
        The server's process.
    aws_endpoint
        URL of every AWS service.
    front
        URL of the API's front, without the stage.
    region, suffix
        What the session was started for.
    database
        What stands in for Aurora, in words.
    """

    pid: int
    aws_endpoint: str
    front: str
    region: str
    suffix: str
    database: str


class Session:
    """The session of one work folder.

    Parameters
    ----------
    work_folder
        The folder the user works in; everything is kept in ``.tercet`` below it.
    """

    def __init__(self, work_folder: Path) -> None:
        self.root = (work_folder / ROOT).absolute()
        self.cache = self.root / "cache"
        self.folder = self.root / "session"
        self.out = self.folder / "out"
        # Not in the folder that Terraform runs in: what is called `terraform.tfstate` there, `terraform init` takes for
        # a state to be moved to the backend, and empties.
        self.state = self.folder / "terraform.tfstate"
        self.settings = self.folder / "settings.json"
        self.log = self.folder / "server.log"
        self._announcement = self.folder / "endpoints.json"

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the work folder, so that two commands do not change one session at the same time.

        Raises
        ------
        LocalError
            Another command holds it, or the folder cannot be written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            (self.root / ".gitignore").write_text("*\n")
            handle = (self.root / "lock").open("w")
        except OSError as error:
            raise LocalError(
                f"{self.root} cannot be written: {error.strerror}. Run tercet in a folder that you may write to."
            ) from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LocalError(
                    f"Another tercet command is at work in {self.root.parent}. Wait for it to end, then try again."
                ) from error
            yield

    def endpoints(self) -> Endpoints | None:
        """Tell where the session answers; ``None`` if no server of this folder is alive."""
        if not server_is_alive(self.folder):
            return None
        try:
            return Endpoints(**json.loads(self._announcement.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def announce(self, endpoints: Endpoints) -> None:
        """Write down where the server answers; the server's last step in starting."""
        partial = self._announcement.with_suffix(".part")
        partial.write_text(json.dumps(asdict(endpoints)))
        partial.replace(self._announcement)

    def start(self, *, region: str, suffix: str) -> Endpoints:
        """Start a server in the background and wait until it answers.

        Raises
        ------
        LocalError
            It ended, or did not answer in time; its log is quoted.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tercet.local.server", str(self.root.parent), region, suffix],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment.for_server(region),
                # In a session of its own the server outlives the terminal and is not hit by its Ctrl-C.
                start_new_session=True,
            )
        deadline = time.monotonic() + START_LIMIT_S
        while time.monotonic() < deadline:
            if endpoints := self.endpoints():
                return endpoints
            if process.poll() is not None:
                raise LocalError(f"The embedded AWS ended while it started:\n{self.last_words()}")
            time.sleep(_POLL_S)
        process.terminate()
        raise LocalError(f"The embedded AWS did not answer within {START_LIMIT_S:.0f} s:\n{self.last_words()}")

    def stop(self) -> None:
        """End the server, if one is alive, and discard the session.

        Raises
        ------
        LocalError
            The server does not end.
        """
        if server_is_alive(self.folder):
            pid = _holder(self.folder)
            for warning in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, warning)
                if _wait_until_dead(self.folder):
                    break
            else:
                raise LocalError(f"The embedded AWS, process {pid}, does not end. End it by hand, then try again.")
        shutil.rmtree(self.folder, ignore_errors=True)

    def last_words(self) -> str:
        """Give the end of the server's log."""
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            return "(it left no log)"
        return "\n".join(lines[-15:])


def hold_as_server(folder: Path) -> None:
    """Mark this process as the folder's server, for as long as it lives.

    A lock, unlike a process number in a file, is gone with its holder however that ends, and is never somebody else's.
    Its descriptor is left for the end of the process to close, so that whoever finds the lock free finds no process.
    """
    descriptor = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + _LOCK_LIMIT_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:  # who asks whether a server is alive holds the lock for an instant
            if time.monotonic() > deadline:
                raise
            time.sleep(_POLL_S / 10)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())


def server_is_alive(folder: Path) -> bool:
    """Tell whether some process holds the folder as its server."""
    try:
        with (folder / "server.lock").open("r") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _holder(folder: Path) -> int:
    return int((folder / "server.lock").read_text())


def _wait_until_dead(folder: Path) -> bool:
    deadline = time.monotonic() + STOP_LIMIT_S
    while time.monotonic() < deadline:
        if not server_is_alive(folder):
            return True
        time.sleep(_POLL_S)
    return False
