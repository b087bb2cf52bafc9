"""The plain model: what a payment is by the specification, small enough to be seen right at a glance.

It knows no database, no acquirer, no events and no time. Where a fault leaves open what was done, a payment stands at
several places at once, and every later observation leaves only those that it fits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from tercet.payments.model import Kind, Payment


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a payment stands: all that decides what may be done to it."""

    state: str
    amount: int
    captured: int = 0
    refunded: int = 0
    settled: int = 0

    @classmethod
    def of(cls, payment: Payment) -> Standing:
        return cls(
            state=str(payment.state),
            amount=payment.amount_minor,
            captured=payment.captured_minor,
            refunded=payment.refunded_minor,
            settled=payment.settled_minor,
        )


@dataclass(frozen=True)
class Refusal:
    """Why something may not be done: the code that the caller is told."""

    code: str


MAY: Final = {
    Kind.AUTHENTICATE: "requires_action",
    Kind.CAPTURE: "authorized partially_captured",
    Kind.VOID: "requires_action authorized",
    Kind.REFUND: "partially_captured captured partially_refunded won",
    Kind.SETTLE: "partially_captured captured partially_refunded refunded disputed won lost",
    Kind.DISPUTE: "partially_captured captured partially_refunded",
    Kind.DISPUTE_WON: "disputed",
    Kind.DISPUTE_LOST: "disputed",
}
"""Kind → the states in which it may be done."""


def left(standing: Standing, kind: Kind) -> int | None:
    """How much there is to do something about; ``None`` where it is not about an amount."""
    if kind is Kind.CAPTURE:
        return standing.amount - standing.captured
    if kind is Kind.SETTLE:
        return standing.captured - standing.settled
    if kind in {Kind.REFUND, Kind.DISPUTE}:
        return standing.captured - standing.refunded
    return None


def after(standing: Standing, kind: Kind, amount: int | None = None, *, final: bool = False) -> Standing | Refusal:
    """Where a payment stands once something was done to it and approved; or why it may not be done."""
    if standing.state not in MAY[kind].split():
        return Refusal("state_not_allowed")
    there_is = left(standing, kind)
    if there_is is not None and there_is <= 0:
        return Refusal("nothing_left")
    wanted = (there_is or 0) if amount is None else amount
    if there_is is not None and wanted > there_is:
        return Refusal("amount_too_large")
    return _done(standing, kind, wanted, final=final)


def _done(standing: Standing, kind: Kind, amount: int, *, final: bool) -> Standing:
    if kind is Kind.CAPTURE:
        captured = standing.captured + amount
        is_whole = final or captured == standing.amount
        return replace(standing, captured=captured, state="captured" if is_whole else "partially_captured")
    if kind is Kind.REFUND:
        refunded = standing.refunded + amount
        is_whole = refunded == standing.captured
        return replace(standing, refunded=refunded, state="refunded" if is_whole else "partially_refunded")
    if kind is Kind.SETTLE:
        return replace(standing, settled=standing.settled + amount)
    ends = {Kind.VOID: "voided", Kind.DISPUTE: "disputed", Kind.DISPUTE_WON: "won", Kind.DISPUTE_LOST: "lost"}
    return replace(standing, state=ends[kind])


def created(amount: int, outcome: str, *, capture: bool) -> Standing:
    """Where a payment stands once the acquirer has answered its authorization.

    Parameters
    ----------
    outcome
        ``approved``, ``risky``, ``action_required`` or ``declined``.
    """
    if outcome == "declined":
        return Standing(state="failed", amount=amount)
    if outcome == "action_required":
        return Standing(state="requires_action", amount=amount)
    if capture and outcome == "approved":
        return Standing(state="captured", amount=amount, captured=amount)
    return Standing(state="authorized", amount=amount)
