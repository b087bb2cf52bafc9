"""What each movement of money posts, and that it always adds up to zero."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tercet.payments.errors import LedgerError
from tercet.payments.ledger import Account, check_balanced, post
from tercet.payments.model import Actor, Kind, Operation, Payment, State

PAYMENT = Payment(
    id="pay_1",
    merchant="acme",
    amount_minor=1000,
    currency="EUR",
    capture=True,
    metadata={},
    state=State.CAPTURED,
    version=3,
    created_at_ms=1,
)
OPERATION = Operation(
    id="op_1",
    payment_id="pay_1",
    merchant="acme",
    kind=Kind.CAPTURE,
    actor=Actor.MERCHANT,
    amount_minor=1000,
    correlation_id="request-1",
    created_at_ms=1,
)

MOVES = {
    Kind.CAPTURE: {Account.ACQUIRER_RECEIVABLE: 1, Account.PAYABLE: -1},
    Kind.REFUND: {Account.PAYABLE: 1, Account.ACQUIRER_RECEIVABLE: -1},
    Kind.SETTLE: {Account.BANK: 1, Account.ACQUIRER_RECEIVABLE: -1},
    Kind.DISPUTE: {Account.PAYABLE: 1, Account.DISPUTED: -1},
    Kind.DISPUTE_WON: {Account.DISPUTED: 1, Account.PAYABLE: -1},
    Kind.DISPUTE_LOST: {Account.DISPUTED: 1, Account.ACQUIRER_RECEIVABLE: -1},
}


@given(st.sampled_from(sorted(MOVES)), st.integers(1, 99_999_999))
def test_a_movement_goes_from_one_account_to_another(kind: Kind, amount: int) -> None:
    entries = post(PAYMENT, OPERATION, kind, amount, 7)
    assert {entry.account: entry.amount_minor for entry in entries} == {
        account: sign * amount for account, sign in MOVES[kind].items()
    }
    assert {entry.currency for entry in entries} == {"EUR"}
    assert {entry.correlation_id for entry in entries} == {"request-1"}
    assert [entry.line for entry in entries] == [1, 2]


@pytest.mark.parametrize("kind", sorted(set(Kind) - MOVES.keys()))
def test_what_moves_no_money_posts_nothing(kind: Kind) -> None:
    with pytest.raises(LedgerError, match="nothing was written"):
        post(PAYMENT, OPERATION, kind, 1, 7)


@pytest.mark.parametrize("amount", [0, -1])
def test_only_positive_amounts_are_posted(amount: int) -> None:
    with pytest.raises(LedgerError):
        post(PAYMENT, OPERATION, Kind.CAPTURE, amount, 7)


def test_entries_that_do_not_balance_are_refused() -> None:
    entries = post(PAYMENT, OPERATION, Kind.CAPTURE, 10, 7)
    with pytest.raises(LedgerError, match="'EUR': 10"):
        check_balanced(entries[:1])
