"""A bounded number of workers for each function; callers above the bound wait, and are then refused."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tercet.local.emulator.functions.runtime import Result, Version, Worker

WORKERS_PER_FUNCTION: Final = 4
"""Most processes of one function, all its versions together and whatever its reserved concurrency: they share one
machine."""

WAIT_TIMEOUT_S: Final = 20.0
"""How long a caller waits for a free worker; Lambda would start another one instead."""


class ThrottledError(Exception):
    """All workers of the function stayed busy, or its reserved concurrency is 0."""


class Pool:
    """The workers of all functions.

    Parameters
    ----------
    environment
        Environment variables that every function gets beside its own, and which win.
    """

    def __init__(self, folder: Path, endpoint: str, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._endpoint = endpoint
        self._environment = environment
        self._changed = threading.Condition()
        self._running: defaultdict[str, int] = defaultdict(int)
        self._idle: defaultdict[Version, list[Worker]] = defaultdict(list)
        self._all: set[Worker] = set()
        self._closed = False

    def invoke(self, version: Version, event: str, function_arn: str, reserved: int | None) -> tuple[Result, str]:
        """Run one invocation.

        Parameters
        ----------
        reserved
            The function's reserved concurrency; ``None`` is none.

        Returns
        -------
        tuple
            The result, and the name of the log stream of the worker that ran it.

        Raises
        ------
        ThrottledError
            No worker became free within :data:`WAIT_TIMEOUT_S`.
        """
        bound = WORKERS_PER_FUNCTION if reserved is None else min(reserved, WORKERS_PER_FUNCTION)
        with self._place(version.function_name, bound):
            worker = self._take(version)
            try:
                return worker.invoke(event, function_arn), worker.log_stream
            finally:
                self._give_back(version, worker)

    def close(self) -> None:
        """End all workers, also those that are busy."""
        with self._changed:
            self._closed = True
            workers = list(self._all)
            self._changed.notify_all()
        for worker in workers:
            worker.stop()

    @contextmanager
    def _place(self, function_name: str, bound: int) -> Iterator[None]:
        deadline = time.monotonic() + WAIT_TIMEOUT_S
        with self._changed:
            while bound and not self._closed and self._running[function_name] >= bound:
                if not self._changed.wait(deadline - time.monotonic()) and time.monotonic() >= deadline:
                    raise ThrottledError
            if not bound or self._closed:
                raise ThrottledError
            self._running[function_name] += 1
        try:
            yield
        finally:
            with self._changed:
                self._running[function_name] -= 1
                self._changed.notify_all()

    def _take(self, version: Version) -> Worker:
        with self._changed:
            worker = self._idle[version].pop() if self._idle[version] else None
            outdated = self._retire(version, make_room=worker is None)
        for each in outdated:
            self._discard(each)
        if worker is None:
            worker = Worker(version, self._folder, self._endpoint, self._environment)
            with self._changed:
                self._all.add(worker)
                closed = self._closed
            if closed:  # while the process was being started, so close() did not see it
                self._discard(worker)
                raise ThrottledError
        return worker

    def _retire(self, version: Version, *, make_room: bool) -> list[Worker]:
        """Remove the idle workers of what this version was before it changed; for room, one of another version, too."""
        others = [each for each in self._idle if each.function_name == version.function_name and each != version]
        retired = [worker for each in others if each.arn == version.arn for worker in self._idle.pop(each)]
        idle = [each for each in others if self._idle.get(each)]
        busy = self._running[version.function_name]
        if make_room and idle and busy + sum(len(self._idle[each]) for each in idle) > WORKERS_PER_FUNCTION:
            retired.append(self._idle[idle[0]].pop())
        return retired

    def _give_back(self, version: Version, worker: Worker) -> None:
        with self._changed:
            if worker.usable and not self._closed:
                self._idle[version].append(worker)
                return
        self._discard(worker)

    def _discard(self, worker: Worker) -> None:
        worker.stop()
        with self._changed:
            self._all.discard(worker)
