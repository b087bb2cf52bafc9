"""An authorization as the sandbox knows it, and the rules that it enforces as a real acquirer would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

from tercet.payments.acquirer import ActionRequired, Approved, Declined, Instruction
from tercet.payments.acquirer.journal import Record
from tercet.payments.model import Kind

AUTHENTICATION_FAILED: Final = Declined(code="authentication_failed")

_AFTER_DISPUTE: Final[Mapping[Kind, tuple[Kind | None, ...]]] = {
    Kind.REFUND: (None, Kind.DISPUTE_WON),
    Kind.DISPUTE: (None,),
    Kind.DISPUTE_WON: (Kind.DISPUTE,),
    Kind.DISPUTE_LOST: (Kind.DISPUTE,),
}
"""Kind → the last things known of a dispute after which it is allowed. Nothing is given back of what is in dispute."""


@dataclass(kw_only=True)
class Authorization:
    """One authorization: what its records add up to.

    Parameters
    ----------
    amount_minor
        How much was authorized, in the currency's minor unit.
    card
        The test token.
    is_held
        Whether the amount is held on the card, or was until it was captured.
    needs_authentication
        Whether the card holder must act before anything is held.
    captured_minor, refunded_minor, settled_minor
        How much was captured, given back of that, and paid out of that.
    dispute
        The last thing known of a dispute; ``None`` if there was none.
    """

    amount_minor: int
    currency: str | None
    card: str | None
    is_held: bool
    needs_authentication: bool
    captured_minor: int = 0
    refunded_minor: int = 0
    settled_minor: int = 0
    dispute: Kind | None = None

    @classmethod
    def of(cls, reference: str | None, records: Iterable[Record]) -> Self | None:
        """Add up the records of one authorization; ``None`` if there is none of this reference."""
        found: Self | None = None
        for record in records:
            if reference is None or record.reference != reference or record.outcome is None:
                continue
            if record.kind is Kind.AUTHORIZE:
                if not isinstance(record.outcome, Declined):
                    found = cls._begin(record)
            elif found is not None:
                found._apply(record)
        return found

    @classmethod
    def _begin(cls, record: Record) -> Self:
        return cls(
            amount_minor=record.amount_minor,
            currency=record.currency,
            card=record.card,
            is_held=isinstance(record.outcome, Approved),
            needs_authentication=isinstance(record.outcome, ActionRequired),
            captured_minor=record.charged_minor,
        )

    def _apply(self, record: Record) -> None:
        if record.outcome == AUTHENTICATION_FAILED:
            self.needs_authentication = False
        if not record.is_effect:
            return
        if record.kind is Kind.AUTHENTICATE:
            self.needs_authentication, self.is_held = False, True
        elif record.kind is Kind.CAPTURE:
            self.captured_minor += record.amount_minor
            self.is_held = not record.final
        elif record.kind is Kind.VOID:
            self.is_held = self.needs_authentication = False
        elif record.kind is Kind.REFUND:
            self.refunded_minor += record.amount_minor
        elif record.kind is Kind.SETTLE:
            self.settled_minor += record.amount_minor
        elif record.kind in {Kind.DISPUTE, Kind.DISPUTE_WON, Kind.DISPUTE_LOST}:
            self.dispute = record.kind

    def allows(self, instruction: Instruction) -> bool:
        """Tell whether the rules of card networks allow an instruction; an authorization is never allowed twice."""
        kind, amount = instruction.kind, instruction.amount_minor
        if instruction.currency != self.currency:
            return False
        if kind is Kind.AUTHENTICATE:
            return self.needs_authentication
        if kind is Kind.VOID:
            return (self.is_held or self.needs_authentication) and not self.captured_minor
        return 0 < amount <= self._left(kind)

    def _left(self, kind: Kind) -> int:
        """Give the amount that an operation may be about at most."""
        if kind is Kind.CAPTURE:
            return self.amount_minor - self.captured_minor if self.is_held else 0
        if kind is Kind.SETTLE:
            return self.captured_minor - self.settled_minor
        return self.captured_minor - self.refunded_minor if self.dispute in _AFTER_DISPUTE.get(kind, ()) else 0
