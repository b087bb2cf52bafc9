"""The card network as a port, and the sandbox that stands in for it in this release. No money moves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Protocol

from tercet.payments.errors import AcquirerUnavailable, PaymentDeclined
from tercet.payments.model import CARD_DECLINED


@dataclass(frozen=True)
class Authorization:
    """A card network's consent.

    Parameters
    ----------
    reference
        Its name for the authorization.
    elevated_risk
        Whether it advises against capturing.
    """

    reference: str
    elevated_risk: bool


class Acquirer(Protocol):
    """A card network. Every call is idempotent by payment id: repeated, it has no further effect and answers the same.

    Each may raise :class:`~tercet.payments.errors.AcquirerUnavailable`: then its effect is unknown, and it is repeated.
    """

    def authorize(self, payment_id: str, *, amount_minor: int, currency: str, card_token: str) -> Authorization:
        """Hold an amount on a card; raises :class:`~tercet.payments.errors.PaymentDeclined` if the network refuses."""

    def capture(self, payment_id: str, reference: str) -> None:
        """Take the amount held."""

    def settle(self, payment_id: str, reference: str) -> None:
        """Confirm that the amount was paid out."""

    def void(self, payment_id: str, reference: str | None) -> None:
        """Release whatever is held for the payment, also if that is nothing, or under a reference never received."""


_APPROVED: Final = frozenset({"tok_visa", "tok_risky"})
_UNAVAILABLE: Final = "tok_unavailable"
_RISKY: Final = "tok_risky"


class SandboxAcquirer:
    """A card network without cards: the token decides, always alike.

    ``tok_visa`` is approved; ``tok_risky`` is approved with elevated risk, so that the risk check fails;
    ``tok_unavailable`` never gets an answer; ``tok_declined`` and every other token are declined. It keeps nothing, so
    capturing, settling and voiding always succeed.
    """

    def authorize(self, payment_id: str, *, amount_minor: int, currency: str, card_token: str) -> Authorization:  # noqa: ARG002 - the port's signature; the sandbox decides by token alone
        """Decide by the token; see the class."""
        if card_token == _UNAVAILABLE:
            raise AcquirerUnavailable("The card network did not answer.")
        if card_token not in _APPROVED:
            raise PaymentDeclined("The card network declined the card.", CARD_DECLINED)
        reference = hashlib.sha256(f"authorization:{payment_id}".encode()).hexdigest()[:24]
        return Authorization(f"auth_{reference}", elevated_risk=card_token == _RISKY)

    def capture(self, payment_id: str, reference: str) -> None:
        """Succeed."""

    def settle(self, payment_id: str, reference: str) -> None:
        """Succeed."""

    def void(self, payment_id: str, reference: str | None) -> None:
        """Succeed."""
