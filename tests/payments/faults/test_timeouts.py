"""The acquirer times out after it has charged, or says nothing for a while: unknown, never failed, then resolved."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from tercet.payments.acquirer.tokens import CARDS, Lost
from tercet.payments.database.opening import open_database
from tercet.payments.errors import PaymentBusyError
from tercet.payments.model import Kind
from tests.payments.faults.callers import Intent, ask, ask_until_answered
from tests.payments.faults.room import Room
from tests.payments.faults.scenarios import Act
from tests.payments.faults.unguarded import PARTS

TOKENS = tuple(token for token, card in CARDS.items() if card.faults)
RECOVERIES = ("repeat", "resolve")


def test_every_time_out_is_resolved(database_url: str, tmp_path: Path) -> None:
    room = Room(open_database(database_url), tmp_path)
    outcomes: Counter[str] = Counter()
    for token in TOKENS:
        ((kind, fault),) = CARDS[token].faults.items()
        stays_silent = fault.is_silent or fault.lost is Lost.ALL
        for recovery in RECOVERIES:
            intent = _intent(room, token, kind, f"{token}-{recovery}")
            told = ask(room.processor, intent)
            room.answers.note(told)
            assert told.is_running is stays_silent, f"{token}: {told}"
            outcomes["unknown" if told.is_running else "known"] += 1
            if told.is_running:
                assert told.state == "unknown", f"{token}: an unanswered call is unknown, never {told.state}"
                with pytest.raises(PaymentBusyError):
                    ask(room.processor, _other(intent, told.payment_id))
            if recovery == "repeat" and fault.lost is not Lost.ALL:  # what never arrives only the resolver can end
                wait = partial(room.let_time_pass, intent)
                ask_until_answered(room.processor, intent, room.answers.note, between=wait)
            room.recover()
            assert room.store.payment(told.payment_id).state != "unknown"  # type: ignore[union-attr]
    assert sum(outcomes.values()) == len(TOKENS) * len(RECOVERIES) >= 26
    assert outcomes["unknown"] >= 8
    verdict = room.judge()
    verdict.assert_sound()
    assert room.judge_bus() == []


@pytest.mark.parametrize(
    ("unguarded", "token", "noticed"),
    [
        ("unanswered is declined", "tok_unreachable_once", "diverging"),
        ("unanswered is declined", "tok_capture_unreachable", "diverging"),
        ("another id each time", "tok_timeout_after", "stray"),
    ],
)
def test_a_missing_guard_is_noticed(sqlite_url: str, tmp_path: Path, unguarded: str, token: str, noticed: str) -> None:
    room = Room(open_database(sqlite_url), tmp_path, parts=PARTS[unguarded])
    ((kind, _),) = CARDS[token].faults.items()
    room.answers.note(ask(room.processor, _intent(room, token, kind, token)))
    room.recover()
    verdict = room.judge()
    assert noticed in verdict.violations, str(verdict)


def _intent(room: Room, token: str, kind: Kind, merchant: str) -> Intent:
    """Give what the token does not answer, after what must precede it."""
    authorize = Act(kind=Kind.AUTHORIZE, token=token, capture=kind is Kind.REFUND)
    first = authorize.intent(merchant, "first", "")
    if kind is Kind.AUTHORIZE:
        return first
    payment_id = ask_until_answered(room.processor, first, room.answers.note).payment_id
    return Act(kind=kind, amount_minor=None if kind is Kind.VOID else 700).intent(merchant, "second", payment_id)


def _other(intent: Intent, payment_id: str) -> Intent:
    return Intent(kind=Kind.VOID, merchant=intent.merchant, name="other", payment_id=payment_id)
