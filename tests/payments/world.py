"""A processor with everything real around it: a database, a sandbox acquirer with a durable log, an outbox, a clock."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tercet.payments.acquirer.client import AcquirerClient
from tercet.payments.acquirer.journals.file import FileJournal
from tercet.payments.acquirer.sandbox import SandboxAcquirer
from tercet.payments.database import Database
from tercet.payments.deadline import Deadline
from tercet.payments.model import Event, PaymentRequest
from tercet.payments.outbox import REST_S, Outbox
from tercet.payments.processor import Caller, Processor, Result
from tercet.payments.store import Store

KEY_TTL_MS = 86_400_000


class Clock:
    """Real time, moved forwards or backwards at will."""

    def __init__(self) -> None:
        self.shift_ms = 0

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.shift_ms


@dataclass
class Bus:
    """An event bus that keeps what was put on it."""

    events: list[Event] = field(default_factory=list)

    def publish(self, events: Sequence[Event]) -> int:
        self.events.extend(events)
        return len(events)


class World:
    """One merchant's view, by default, of one processor.

    Parameters
    ----------
    folder
        Where the acquirer keeps its log.
    """

    def __init__(self, database: Database, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.database = database
        self.store = Store(database)
        self.journal = FileJournal(folder / "acquirer.jsonl")
        self.sandbox = SandboxAcquirer(self.journal, now_ms=self.clock, sleep=lambda _seconds: None)
        self.acquirer = AcquirerClient(self.sandbox, sleep=lambda _seconds: None)
        self.bus = Bus()
        # To this clock a bus that has failed has rested long enough whenever it is needed again.
        self.outbox = Outbox(self.store, self.bus, now_s=itertools.count(0, 10 * REST_S).__next__)
        self.processor = Processor(
            self.store,
            self.acquirer,
            self.outbox,
            key_ttl_ms=KEY_TTL_MS,
            now_ms=self.clock,
            sleep=lambda _seconds: None,
        )
        self._numbers = itertools.count(1)

    def caller(self, merchant: str = "acme", seconds: float = 20.0) -> Caller:
        """Make a request of a merchant."""
        return Caller(
            merchant=merchant, correlation_id=f"request-{next(self._numbers)}", deadline=Deadline.after(seconds)
        )

    def key(self) -> str:
        """Make an idempotency key that was not used yet."""
        return f"key-{next(self._numbers)}"

    def create(
        self,
        *,
        token: str = "tok_visa",
        amount: int = 1000,
        capture: bool = True,
        key: str | None = None,
        merchant: str = "acme",
        session_id: str | None = None,
    ) -> Result:
        """Make a payment."""
        request = PaymentRequest(
            amount_minor=amount, currency="EUR", card_token=token, capture=capture, session_id=session_id
        )
        return self.processor.create(self.caller(merchant), key or self.key(), request)

    def resolve_all(self) -> int:
        """Do what the sweeper does, however young an operation is; tells how many are finished."""
        running = self.store.running(self.clock() + 1, 1000)
        return sum(self.processor.resolve(each.operation(), Deadline.after(20)) for each in running)

    def kinds(self, payment_id: str) -> list[str]:
        """Tell what was published of a payment."""
        return [event.kind.removeprefix("payment.") for event in self.bus.events if event.payment_id == payment_id]
