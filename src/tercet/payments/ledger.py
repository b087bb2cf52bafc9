"""The ledger: double entry, append-only, in integer minor units. What each operation posts, and nothing else.

An amount is positive on the debit side and negative on the credit side, so that every transaction adds up to zero, and
so does the ledger. A balance is the sum of its entries: no row is ever updated, so no row is fought over. A correction
is a posting the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tercet.payments.errors import LedgerError
from tercet.payments.model import Kind, Operation, Payment


class Account(StrEnum):
    """Whose money it is. Every entry also names the merchant on whose business it was."""

    ACQUIRER_RECEIVABLE = "acquirer_receivable"
    """What the acquirer has taken for us and not paid out: an asset."""

    BANK = "bank"
    """What the acquirer has paid out: an asset."""

    PAYABLE = "payable"
    """What we owe the merchant: a liability."""

    DISPUTED = "disputed"
    """What we owe the merchant unless a dispute is lost: a liability."""


MERCHANT_ACCOUNTS = frozenset({Account.PAYABLE, Account.DISPUTED})
"""The accounts that a merchant may see: its own."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a transaction.

    Parameters
    ----------
    operation_id, line
        The transaction it belongs to, and its number there.
    amount_minor
        Debit positive, credit negative; never zero.
    """

    operation_id: str
    line: int
    payment_id: str
    merchant: str
    account: Account
    currency: str
    amount_minor: int
    correlation_id: str
    created_at_ms: int


_POSTINGS: dict[Kind, tuple[Account, Account]] = {
    Kind.CAPTURE: (Account.ACQUIRER_RECEIVABLE, Account.PAYABLE),
    Kind.REFUND: (Account.PAYABLE, Account.ACQUIRER_RECEIVABLE),
    Kind.SETTLE: (Account.BANK, Account.ACQUIRER_RECEIVABLE),
    Kind.DISPUTE: (Account.PAYABLE, Account.DISPUTED),
    Kind.DISPUTE_WON: (Account.DISPUTED, Account.PAYABLE),
    Kind.DISPUTE_LOST: (Account.DISPUTED, Account.ACQUIRER_RECEIVABLE),
}
"""What moves money → the account debited, the account credited."""


def post(payment: Payment, operation: Operation, kind: Kind, amount_minor: int, now_ms: int) -> tuple[Entry, ...]:
    """Write the entries of one movement.

    Parameters
    ----------
    kind
        Which movement: the operation's own kind, but ``capture`` where an authorization captured at once.
    amount_minor
        How much, more than zero.

    Raises
    ------
    LedgerError
        The amount is not positive, or the kind moves no money: a defect of ours, and nothing may be written.
    """
    if amount_minor <= 0 or kind not in _POSTINGS:
        raise LedgerError(f"Operation {operation.id} ({kind}) cannot post {amount_minor}: nothing was written.")
    debit, credit = _POSTINGS[kind]
    entries = tuple(
        Entry(
            operation_id=operation.id,
            line=line,
            payment_id=payment.id,
            merchant=payment.merchant,
            account=account,
            currency=payment.currency,
            amount_minor=amount,
            correlation_id=operation.correlation_id,
            created_at_ms=now_ms,
        )
        for line, (account, amount) in enumerate(((debit, amount_minor), (credit, -amount_minor)), start=1)
    )
    check_balanced(entries)
    return entries


def check_balanced(entries: tuple[Entry, ...]) -> None:
    """Refuse a transaction that does not add up to zero in each of its currencies.

    Raises
    ------
    LedgerError
        It does not.
    """
    sums: dict[str, int] = {}
    for entry in entries:
        sums[entry.currency] = sums.get(entry.currency, 0) + entry.amount_minor
    if unbalanced := {currency: total for currency, total in sums.items() if total}:
        raise LedgerError(f"Entries do not balance: off by {unbalanced}. Nothing was written.")
