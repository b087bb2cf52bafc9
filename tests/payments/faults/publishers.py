"""Buses of the tests: what they took is kept in the order in which they took it."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from tercet.payments.model import Event


class ListPublisher:
    """Takes all, or as many from the beginning as it is told to.

    Parameters
    ----------
    takes
        Given the events, tells how many of them get onto the bus. May raise an error instead.
    """

    def __init__(self, takes: Callable[[Sequence[Event]], int] = len) -> None:
        self.takes = takes
        self.taken: list[Event] = []

    def publish(self, events: Sequence[Event]) -> int:
        taken = events[: self.takes(events)]
        self.taken += taken
        return len(taken)


class FilePublisher:
    """Keeps what it takes in a file, for processes that do not live to tell."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def publish(self, events: Sequence[Event]) -> int:
        lines = "".join(json.dumps(dataclasses.asdict(event)) + "\n" for event in events)
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, lines.encode())
        finally:
            os.close(file)
        return len(events)

    def read(self) -> list[Event]:
        if not self._path.exists():
            return []
        return [Event(**json.loads(line)) for line in self._path.read_text().splitlines()]
