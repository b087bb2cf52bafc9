"""Publishes what waits in a payment's outbox, and empties it: at least once, never before it was written."""

from __future__ import annotations

from tercet.payments.errors import PublishError, StoreUnavailableError
from tercet.payments.events import Publisher
from tercet.payments.logs import log
from tercet.payments.model import Payment
from tercet.payments.sessions import Sessions


def drain(payment: Payment, sessions: Sessions, publisher: Publisher) -> bool:
    """Publish a payment's events in order.

    Whatever fails here is not the caller's concern, for what had to be decided is stored: the sweeper comes by.

    Returns
    -------
    bool
        Whether all of them are on the bus, as far as we know.
    """
    if not payment.unpublished:
        return True
    try:
        published = publisher.publish(payment.unpublished)
        if published:
            sessions.mark_published(payment, published)
    except (PublishError, StoreUnavailableError) as error:
        log("events_left_in_outbox", payment_id=payment.id, cause=f"{type(error).__name__}: {error}")
        return False
    if published < len(payment.unpublished):
        log("events_left_in_outbox", payment_id=payment.id, count=len(payment.unpublished) - published)
        return False
    return True
