"""A processor with real parts around it, any of which a test may put something between or leave a guard out of."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

from tercet.payments.acquirer import Acquirer
from tercet.payments.acquirer.journals.file import FileJournal
from tercet.payments.acquirer.sandbox import SandboxAcquirer
from tercet.payments.database import Database
from tercet.payments.deadline import Deadline
from tercet.payments.errors import PublishError, StoreUnavailableError
from tercet.payments.execution import LEASE_MS
from tercet.payments.model import Kind
from tercet.payments.outbox import REST_S, Publisher
from tercet.payments.processor import Processor
from tests.payments.faults.callers import Answers, Intent
from tests.payments.faults.publishers import FilePublisher
from tests.payments.faults.unguarded import Parts
from tests.payments.oracle import Acknowledgement, Verdict, check, check_published

KEY_TTL_MS: Final = 86_400_000
_BETWEEN_PASSES_MS: Final = 600_000
"""Longer than any lease, any silence of the sandbox and any difference between the tests' clocks."""

_PASSES: Final = 20
"""How often the resolver and the sweeper come by, at most, until there is nothing left for them."""


class Clock:
    """Real time, which a test may move."""

    def __init__(self, shift_ms: int = 0) -> None:
        self.shift_ms = shift_ms

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.shift_ms

    def pass_lease(self) -> None:
        """Let so much time pass that whoever began an operation is taken for gone, and that no sandbox is silent."""
        self.shift_ms += LEASE_MS + 1_000


def no_pause(_seconds: float) -> None:
    """Do not wait: for tests in which nothing happens meanwhile."""


class Room:
    """A processor and what it stands on.

    Parameters
    ----------
    database
        Where the schema stands.
    folder
        For the acquirer's journal, what was published, and what callers were told: files, which outlive a process.
    around_acquirer, around_publisher
        Put something between the processor and these.
    parts
        What the processor is made of, where a guard is to be left out.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        around_acquirer: Callable[[Acquirer], Acquirer] = lambda sandbox: sandbox,
        around_publisher: Callable[[Publisher], Publisher] = lambda publisher: publisher,
        parts: Parts | None = None,
        clock: Clock | None = None,
        sleep: Callable[[float], None] = no_pause,
    ) -> None:
        # What an unguarded processor raises is not looked at: the oracle is to notice.
        self.tolerated = (Exception,) if parts else (StoreUnavailableError, PublishError)
        parts = parts or Parts()
        self.clock = clock or Clock()
        self.database = parts.database(database)
        self.journal = FileJournal(folder / "journal", durable=False)
        self.sandbox = SandboxAcquirer(self.journal, now_ms=self.clock, sleep=sleep)
        self.published = FilePublisher(folder / "published")
        self.answers = Answers(folder / "answers")
        self.store = parts.store(self.database)
        # To this clock a bus that has failed has rested long enough whenever it is needed: each failure is to be met.
        resting = itertools.count(0, 10 * REST_S)
        self.outbox = parts.outbox(self.store, around_publisher(self.published), now_s=resting.__next__)
        self.processor = Processor(
            self.store,
            parts.client(parts.acquirer(around_acquirer(self.sandbox)), sleep=sleep),
            self.outbox,
            key_ttl_ms=KEY_TTL_MS,
            now_ms=self.clock,
            sleep=sleep,
        )

    def let_time_pass(self, intent: Intent) -> None:
        """Wait until it is of use to ask again; the workflow leaves what has no answer to the sweeper, who comes by."""
        if intent.kind is Kind.SETTLE:
            self.recover()
        else:
            self.clock.pass_lease()

    def recover(self) -> None:
        """Do what the resolver and the sweeper do until nothing is left to do, as if much time had passed."""
        seen: list[object] = []
        for _ in range(_PASSES):
            self.clock.shift_ms += _BETWEEN_PASSES_MS
            running = self.store.running(self.clock(), 1_000)
            for each in running:
                self._try(partial(self.processor.resolve, each.operation(), Deadline.after(10.0)))
            waiting = self.store.backlog(self.clock(), 1_000)
            for payment in waiting:
                self._try(partial(self.outbox.publish_waiting, payment.payment_id))
            seen.append((running, waiting))
            if not (running or waiting) or seen[-3:] == seen[-1:] * 3:
                return  # nothing is left; or nothing comes of it, which the oracle will tell

    def judge(self, acknowledged: Iterable[Acknowledgement] | None = None, *, is_settled: bool = True) -> Verdict:
        """Ask the oracle about this database, journal and, unless others are given, answers."""
        told = self.answers.read() if acknowledged is None else acknowledged
        return check(self.database, self.journal, told, is_settled=is_settled)

    def judge_bus(self) -> list[str]:
        """Ask the oracle about what was published."""
        return check_published(self.database, self.published.read())

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except self.tolerated:
            return  # the next pass tries again
