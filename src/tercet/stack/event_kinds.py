"""Which of the processor's events are routed to whom.

The processor ships alone and the stack does not import it, so the kinds are written here a second time; a test keeps
them to the processor's own words, and sees to it that no event leads back to whose doing it tells of.
"""

from __future__ import annotations

from typing import Final

SOURCE: Final = "tercet.payments"
"""The ``source`` of every event that the processor publishes."""

STARTS_WORKFLOW: Final = ("payment.created", "payment.authenticated", "payment.settlement_due")
"""After these the workflow has something to do: assess, capture and settle a new payment; the same for one whose card
holder has been authenticated since; settle what a merchant captured."""

FOLLOWED: Final = (
    "payment.authorized",
    "payment.authenticated",
    "payment.captured",
    "payment.voided",
    "payment.failed",
)
"""What tells whether the session of a payment is paid: all that the consumer gets."""
