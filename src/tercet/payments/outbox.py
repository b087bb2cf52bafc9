"""Publishes what was written: at least once, never before it was written, and in order within each payment.

An event is on the bus for the first time only after the one before it. It is marked as published only once it is on the
bus: what ends in between is published again, under the same id.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from tercet.payments.errors import PaymentsError, PublishError
from tercet.payments.logs import log
from tercet.payments.model import Event
from tercet.payments.store import Store

_PAGE: Final = 20
"""Events that are read at once: no payment has more to tell, unless the bus was away for long."""

_MAX_PAGES: Final = 5
"""Pages of one call, so that no payment keeps the others waiting. What is left has its turn the next time."""

REST_S: Final = 5.0
"""How long requests leave a bus alone that has failed: each would wait for it to fail again."""


class Publisher(Protocol):
    """Whoever puts events on a bus."""

    def publish(self, events: Sequence[Event]) -> int:
        """Put events on the bus, none of a payment's before the one that precedes it here.

        Returns
        -------
        int
            How many from the beginning are on the bus. Those after the first that is not may be there or not: they
            count as unpublished, and come again.

        Raises
        ------
        PublishError
            None of them is known to be on the bus.
        """


class Outbox:
    """The events that were written, on their way to the bus.

    Parameters
    ----------
    store
        Where they were written.
    publisher
        Who puts them on the bus.
    now_s
        A clock that only moves forwards, in seconds.
    """

    def __init__(self, store: Store, publisher: Publisher, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._publisher = publisher
        self._now_s = now_s
        self._rests_until_s = float("-inf")

    def publish(self, events: Sequence[Event], *, has_backlog: bool) -> None:
        """Publish the events of one payment that have just been written.

        Whatever fails here is not the caller's concern, for what had to be decided is stored: the sweeper comes by. To
        it everything is left, too, for :data:`REST_S` after the bus has failed.

        Parameters
        ----------
        has_backlog
            Whether the payment had others still to be published, before these were written. Then a page is read, so
            that those go first; otherwise nothing is.
        """
        if not events:
            return
        payment_id = events[0].payment_id
        if self._now_s() < self._rests_until_s:
            log("events_left_in_outbox", payment_id=payment_id, count=len(events), cause="bus_rests")
            return
        try:
            if has_backlog:
                self._publish_pages(payment_id, 1)
            else:
                self._publish(events)
        except PaymentsError as error:  # a defect of ours, too: the payment is committed, and the sweeper will meet it
            if isinstance(error, PublishError):
                self._rests_until_s = self._now_s() + REST_S
            log("events_left_in_outbox", payment_id=payment_id, cause=type(error).__name__)

    def publish_waiting(self, payment_id: str) -> bool:
        """Publish what waits of a payment, in order, up to a bound: for the sweeper, which asks a resting bus, too.

        Returns
        -------
        bool
            Whether nothing waits any more.

        Raises
        ------
        PublishError
            The bus does not take them.
        StoreUnavailableError
            They cannot be read; or are on the bus but could not be marked so, and come again.
        """
        return self._publish_pages(payment_id, _MAX_PAGES)

    def _publish_pages(self, payment_id: str, pages: int) -> bool:
        for _ in range(pages):
            events = self._store.unpublished(payment_id, limit=_PAGE)
            if events and not self._publish(events):
                return False
            if len(events) < _PAGE:
                return True
        return False

    def _publish(self, events: Sequence[Event]) -> bool:
        """Publish consecutive events of one payment, and tell whether all of them are on the bus."""
        published = self._publisher.publish(events)
        if published:
            self._store.mark_published(events[:published])
        if published == len(events):
            return True
        log("events_left_in_outbox", payment_id=events[0].payment_id, count=len(events) - published)
        return False
