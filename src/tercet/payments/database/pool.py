"""Connections that are kept for reuse: a bounded number, the one used last first, no lock held while one is in use."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from tercet.payments.database.patience import NothingWrittenError

_C = TypeVar("_C")


class Pool(Generic[_C]):
    """Lends each connection to one thread at a time.

    Parameters
    ----------
    make
        Opens a connection.
    discard
        Closes one; it must not raise.
    is_usable
        Tells, without asking the other side, whether one that was idle for so many seconds may be used again.
    size
        The most connections at one time.
    wait_s
        How long to wait for one where all are in use.
    """

    def __init__(
        self,
        *,
        make: Callable[[], _C],
        discard: Callable[[_C], None],
        is_usable: Callable[[_C, float], bool],
        size: int,
        wait_s: float,
    ) -> None:
        self._make = make
        self._discard = discard
        self._is_usable = is_usable
        self._size = size
        self._wait_s = wait_s
        self._places = threading.BoundedSemaphore(size)
        # Appending and popping are atomic: the idle connections need no lock.
        self._idle: deque[tuple[_C, float, int]] = deque()
        self._generation = 0

    @contextmanager
    def lent(self) -> Iterator[_C]:
        """Lend a connection; whoever raises while having it says that it must not be used again.

        Raises
        ------
        NothingWrittenError
            All were in use for too long.
        """
        if not self._places.acquire(timeout=self._wait_s):
            raise NothingWrittenError(f"All {self._size} connections to the database were in use for {self._wait_s} s")
        try:
            generation = self._generation
            connection = self._take() or self._make()
            try:
                yield connection
            except BaseException:
                self._discard(connection)
                raise
            if generation == self._generation:
                self._idle.append((connection, _now(), generation))
            else:
                self._discard(connection)
        finally:
            self._places.release()

    def close(self) -> None:
        """Close the idle connections now, and those in use when they come back."""
        self._generation += 1
        for _ in range(len(self._idle)):
            try:
                connection, _since, _generation = self._idle.popleft()
            except IndexError:
                return
            self._discard(connection)

    def _take(self) -> _C | None:
        while True:
            try:
                connection, since, generation = self._idle.pop()
            except IndexError:
                return None
            if generation == self._generation and self._is_usable(connection, _now() - since):
                return connection
            self._discard(connection)


def _now() -> float:
    # Not the monotonic clock: it may stand still while Lambda has the environment frozen, and that is idleness too. If
    # this one is set, a connection is made that was not needed, or an old one is tried.
    return time.time()
