"""Child processes with bounds: a time-out, a graceful stop, and nothing left behind.

Each child leads a process group of its own. A Ctrl-C in the terminal therefore reaches tercet alone, which passes it on
once. (Terraform takes a second signal as "give up at once", and may then lose track of what it made.) And when a child
has been killed, its provider processes can be ended with it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from tercet.errors import TerraformError

_POLL_S = 0.05
_BEAT_S = 1.0
_TERM_GRACE_S = 10.0
_ASKING_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ORDERLY_EXITS = (0, 1, 2)  # done, failed, and (plan -detailed-exitcode) done with changes
_AFTER_SIGINT = 2  # SIGTERM and SIGKILL are still to come
_PRIVATE = 0o077  # states, plans and logs can hold secrets


@dataclass(frozen=True, slots=True)
class Captured:
    """A finished child's exit code (negative: the signal that ended it) and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Followed:
    """How a followed child ended.

    ``returncode`` is negative if a signal ended it. ``signal_number`` is the signal that made tercet stop it, if any.
    """

    returncode: int
    elapsed_s: float
    signal_number: int | None
    timed_out: bool


def capture(
    command: Sequence[str], *, folder: Path | None, environment: Mapping[str, str], timeout_s: float
) -> Captured:
    """Run a short command to its end and give back what it wrote.

    Raises
    ------
    TimeoutError
        If it did not end in time; it and its children have been killed.
    OSError
        If it could not be started.
    """
    with subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,
        umask=_PRIVATE,
    ) as child:
        try:
            stdout, stderr = child.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"{command[0]} did not end within {timeout_s:.0f} s") from error
        finally:
            if child.returncode is None:
                _kill_group(child)
    return Captured(child.returncode, stdout, stderr)


def follow(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    log: Path,
    timeout_s: float,
    grace_s: float,
    on_line: Callable[[str], None],
    on_beat: Callable[[float], None],
    on_stopping: Callable[[str], None],
) -> Followed:
    """Run a long command and hand over each line as it is written.

    The child writes to a file, which is followed, and not to a pipe: should tercet itself be killed, a broken pipe
    would kill Terraform at its next message, between creating a resource and recording it. With a file it works on to
    the end.

    Parameters
    ----------
    command, folder, environment
        What to run, where, with which complete environment.
    log
        The file for everything the child writes, both streams; replaced if it is there.
    timeout_s, grace_s
        How long it may run, and how long it may take to finish after it was asked to stop, in seconds.
    on_line, on_beat, on_stopping
        Called with each line, with the seconds elapsed (about once a second), and with the reason of a stop. If one
        raises, the child is stopped gracefully before the exception travels on.

    Raises
    ------
    TerraformError
        If the log cannot be written or the command cannot be started.
    """
    began = time.monotonic()
    with _watch_signals() as received, ExitStack() as files:
        try:
            child = _start(command, folder, environment, log)
            source = files.enter_context(log.open("rb"))
        except OSError as error:
            raise cannot_start(command, folder, error) from error
        stop = _Stop(child, grace_s)
        try:
            timed_out = _attend(child, stop, received, _Lines(source), began + timeout_s, on_line, on_beat, on_stopping)
        finally:
            stop.complete()
            if child.returncode not in _ORDERLY_EXITS:
                # Terraform ends its providers itself, unless it was killed.
                _kill_group(child)
    return Followed(
        returncode=-signal.SIGKILL if child.returncode is None else child.returncode,
        elapsed_s=time.monotonic() - began,
        signal_number=received[0] if received else None,
        timed_out=timed_out,
    )


def _start(command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as sink:
        log.chmod(0o600)
        return subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            umask=_PRIVATE,
        )


def _attend(
    child: subprocess.Popen[bytes],
    stop: _Stop,
    received: list[int],
    lines: _Lines,
    deadline: float,
    on_line: Callable[[str], None],
    on_beat: Callable[[float], None],
    on_stopping: Callable[[str], None],
) -> bool:
    """Hand over lines until the child has ended; say whether its time ran out. Bounded by the deadline and the stop."""
    began = beat = time.monotonic()
    timed_out = False
    while True:
        # Asked before reading, so that what the child wrote just before its end is read too.
        ended = child.poll() is not None
        for line in lines.read(final=ended):
            on_line(line)
        if ended:
            return timed_out
        now = time.monotonic()
        if now - beat >= _BEAT_S:
            beat = now
            on_beat(now - began)
        timed_out = timed_out or (now > deadline and not received)
        if received or timed_out:
            if not stop.requested:
                on_stopping(signal.Signals(received[0]).name if received else "its time is up")
            stop.advance(hurry=len(received) > 1)
        time.sleep(_POLL_S)


@dataclass(slots=True)
class _Lines:
    """The complete lines that have been added to a growing file since the last look."""

    source: BinaryIO
    rest: bytes = b""

    def read(self, *, final: bool) -> list[str]:
        *complete, self.rest = (self.rest + self.source.read()).split(b"\n")
        if final and self.rest:
            complete.append(self.rest)
            self.rest = b""
        return [line.decode("utf-8", "replace") for line in complete]


@dataclass(slots=True)
class _Stop:
    """The way to the end: SIGINT once, time to finish, SIGTERM, little time, SIGKILL for the whole group."""

    child: subprocess.Popen[bytes]
    grace_s: float
    requested: bool = False
    _next: float = 0.0
    _rest: list[tuple[int, float]] = field(default_factory=list)

    def advance(self, *, hurry: bool = False) -> None:
        """Send the next signal if its time has come; ``hurry`` (a second Ctrl-C) cuts the first wait short."""
        now = time.monotonic()
        if not self.requested:
            self.requested = True
            self._rest = [(signal.SIGINT, self.grace_s), (signal.SIGTERM, _TERM_GRACE_S), (signal.SIGKILL, 0.0)]
            self._next = now
        if hurry and len(self._rest) == _AFTER_SIGINT:
            self._next = now
        if now < self._next or not self._rest:
            return
        number, wait_s = self._rest.pop(0)
        self._next = now + wait_s
        if number == signal.SIGKILL:
            _kill_group(self.child)
        else:
            self.child.send_signal(number)

    def complete(self) -> None:
        """Bring the child to its end if it is still there; bounded by the waits above."""
        while self.child.poll() is None and (not self.requested or self._rest):
            self.advance()
            time.sleep(_POLL_S)


def _kill_group(child: subprocess.Popen[bytes] | subprocess.Popen[str]) -> None:
    # The group's number is the leader's, and it stays taken as long as the group has a member.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):  # only the kernel can still hold it, in a system call on a dead disk
        child.wait(_TERM_GRACE_S)


@contextmanager
def _watch_signals() -> Iterator[list[int]]:
    """Collect the signals that ask for an end, instead of dying of them, so that the child can be stopped in order.

    Python allows that in the main thread only; elsewhere nothing is collected. An ignored signal (nohup) stays ignored.
    """
    received: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield received
        return

    def note(number: int, _frame: FrameType | None) -> None:
        received.append(number)

    before = {number: signal.getsignal(number) for number in _ASKING_TO_STOP}
    watched = [number for number, handler in before.items() if handler is not signal.SIG_IGN and handler is not None]
    try:
        for number in watched:
            signal.signal(number, note)
        yield received
    finally:
        for number in watched:
            signal.signal(number, before[number])


def cannot_start(command: Sequence[str], folder: Path, error: OSError) -> TerraformError:
    """Say why a command could not be started, or could not write, in the folder given."""
    return TerraformError(
        f"{Path(command[0]).name} could not be run in {folder}: {error.strerror or error} "
        f"({error.filename or command[0]}). The folder must exist and be writable, and its disk must not be full."
    )
