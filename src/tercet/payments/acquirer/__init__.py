"""The acquirer as a port: what the processor asks of whoever speaks to the card networks, and what it may answer.

An operation's own id is the acquirer's idempotency key. Submitted again, an operation has no further effect and gets
the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tercet.payments.model import Kind


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """What an acquirer is asked to do.

    Parameters
    ----------
    operation_id
        The idempotency key.
    amount_minor
        In the currency's minor unit; 0 where the kind has no amount.
    card_token
        Of an authorization.
    capture
        Of an authorization: capture at once, unless the risk is elevated.
    final
        Of a capture: release what is left of the authorization.
    reference
        The authorization that the instruction refers to; of every kind but ``authorize``.
    """

    kind: Kind
    operation_id: str
    payment_id: str
    amount_minor: int
    currency: str
    card_token: str | None = None
    capture: bool = False
    final: bool = False
    reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class Approved:
    """It was done.

    Parameters
    ----------
    reference
        The acquirer's name for the authorization.
    captured
        Of an authorization: whether it was captured at once.
    elevated_risk
        Whether the acquirer advises against capturing.
    """

    reference: str
    captured: bool = False
    elevated_risk: bool = False


@dataclass(frozen=True, kw_only=True)
class Declined:
    """It was not done and never will be: a key of :data:`tercet.payments.model.FAILURES` says why."""

    code: str


@dataclass(frozen=True, kw_only=True)
class ActionRequired:
    """The card holder must be authenticated first (3-D Secure), at ``url``. Nothing is held yet."""

    reference: str
    url: str


Outcome = Approved | Declined | ActionRequired
"""What an acquirer may answer. No answer at all is :class:`~tercet.payments.errors.AcquirerUnavailable`."""


class Acquirer(Protocol):
    """Whoever speaks to the card networks.

    Every method may raise :class:`~tercet.payments.errors.AcquirerUnavailable`, at the latest after ``timeout_s``
    seconds: then what it did is unknown.
    """

    def submit(self, instruction: Instruction, *, timeout_s: float) -> Outcome:
        """Do it, or tell what became of it when it was submitted before."""

    def inquire(self, operation_id: str, *, timeout_s: float) -> Outcome | None:
        """Tell what became of an operation; ``None`` if it never arrived."""

    def reverse(self, operation_id: str, *, timeout_s: float) -> Outcome:
        """See to it that an operation that never arrived has no effect if it arrives yet, and tell what stands.

        Returns
        -------
        Outcome
            ``Declined("not_processed")``; or what became of it, if it did arrive in the meantime: it then stands.
        """
