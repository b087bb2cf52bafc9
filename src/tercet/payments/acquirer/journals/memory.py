"""A journal in memory: for measuring the processor rather than a disk. It ends with its process."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tercet.payments.acquirer.journal import Decided, Decision, Past, Record


class MemoryJournal:
    """The :class:`~tercet.payments.acquirer.journal.Journal` of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: list[Record] = []
        self._of_operation: dict[str, list[Record]] = defaultdict(list)
        self._of_payment: dict[str, list[Record]] = defaultdict(list)

    def decide(self, operation_id: str, payment_id: str | None, decision: Decision) -> Decided:
        """Decide and append under a lock."""
        with self._lock:
            past = Past(
                tuple(self._of_operation.get(operation_id, ())),
                tuple(self._of_payment.get(payment_id, ())) if payment_id else (),
            )
            record = decision(past)
            is_new = all(record is not known for known in past.operation)
            if is_new:
                self._records.append(record)
                self._of_operation[record.operation_id].append(record)
                if record.payment_id:
                    self._of_payment[record.payment_id].append(record)
            return Decided(record, is_new)

    def operation(self, operation_id: str) -> Sequence[Record]:
        """Give the records of an operation."""
        with self._lock:
            return tuple(self._of_operation.get(operation_id, ()))

    def records(self) -> Iterator[Record]:
        """Give everything, oldest first."""
        with self._lock:
            return iter(tuple(self._records))
