"""A journal in a file: JSON lines, appended under a lock that holds among processes."""

from __future__ import annotations

import fcntl
import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from tercet.payments.acquirer.journal import Decided, Decision, Past, Record, decode, encode
from tercet.payments.errors import AcquirerUnavailable


class _Line(NamedTuple):
    """Where a record stands in the file, in bytes."""

    offset: int
    length: int


class FileJournal:
    """The :class:`~tercet.payments.acquirer.journal.Journal` in one file, for any number of threads and processes.

    A process that is killed while it appends leaves at most a torn last line: it was never answered, so it is ignored,
    and the next one who appends cuts it off.

    Parameters
    ----------
    path
        The file; it is made if it is missing, its folder is not.
    durable
        Whether every record is on the disk before it is answered. Without that, records outlive the process but not
        the machine.
    """

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self._path = path
        self._durable = durable
        self._threads = threading.Lock()
        self._forget()

    def decide(self, operation_id: str, payment_id: str | None, decision: Decision) -> Decided:
        """Decide and append under the file's lock."""
        with self._locked() as descriptor:
            past = Past(
                self._read(descriptor, self._of_operation.get(operation_id, ())),
                self._read(descriptor, self._of_payment.get(payment_id, ())) if payment_id else (),
            )
            record = decision(past)
            is_new = all(record is not known for known in past.operation)
            if is_new:
                self._append(descriptor, record)
            return Decided(record, is_new)

    def operation(self, operation_id: str) -> Sequence[Record]:
        """Read the records of an operation."""
        with self._locked() as descriptor:
            return self._read(descriptor, self._of_operation.get(operation_id, ()))

    def records(self) -> Iterator[Record]:
        """Read everything, oldest first; a torn last line is left out."""
        with self._locked():
            whole = self._path.read_bytes()[: self._end]
        return map(decode, whole.splitlines())

    def close(self) -> None:
        """Close the file; it is opened again when it is needed."""
        with self._threads:
            self._close()

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._forget()

    def _forget(self) -> None:
        # A file object, not its bare descriptor: it closes with the last journal that refers to it.
        self._file: FileIO | None = None
        self._process = 0
        self._end = 0
        self._of_operation: dict[str, list[_Line]] = defaultdict(list)
        self._of_payment: dict[str, list[_Line]] = defaultdict(list)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Keep everybody else away from the file, and know all that they have written."""
        try:
            with self._threads:
                descriptor = self._open()
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                try:
                    self._catch_up(descriptor)
                    yield descriptor
                finally:
                    fcntl.flock(descriptor, fcntl.LOCK_UN)
        except OSError as error:
            raise AcquirerUnavailable(f"The sandbox's journal {self._path} cannot be used: {error}.") from error

    def _open(self) -> int:
        # A lock belongs to the open file: a forked process that inherited it would share the lock, not respect it.
        if self._file is not None and self._process != os.getpid():
            self._close()
        if self._file is None:
            self._file = FileIO(self._path, "a+", opener=_for_its_owner)
            self._process = os.getpid()
            if self._durable:
                _sync_folder(self._path.parent)
        return self._file.fileno()

    def _catch_up(self, descriptor: int) -> None:
        """Index what others have appended. The lock is held, so what follows the last line's end is torn."""
        size = os.fstat(descriptor).st_size
        if size <= self._end:
            return
        added = os.pread(descriptor, size - self._end, self._end)
        for line in added[: added.rfind(b"\n") + 1].splitlines(keepends=True):
            self._index(decode(line), len(line))

    def _index(self, record: Record, length: int) -> None:
        line = _Line(self._end, length)
        self._of_operation[record.operation_id].append(line)
        if record.payment_id:
            self._of_payment[record.payment_id].append(line)
        self._end += length

    def _read(self, descriptor: int, lines: Sequence[_Line]) -> Sequence[Record]:
        return tuple(decode(os.pread(descriptor, line.length, line.offset)) for line in lines)

    def _append(self, descriptor: int, record: Record) -> None:
        line = encode(record).encode() + b"\n"
        os.ftruncate(descriptor, self._end)
        if os.write(descriptor, line) != len(line):
            os.ftruncate(descriptor, self._end)
            raise OSError("the disk is full")
        if self._durable:
            os.fdatasync(descriptor)
        self._index(record, len(line))


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    """See to it that a file that was just made is still in its folder after the machine has failed."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
