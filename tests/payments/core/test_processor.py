"""The processor over a real database: what a merchant, the acquirer and the workflow get."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tercet.payments.acquirer.tokens import SILENCE_S
from tercet.payments.database import Database, Row, Statement
from tercet.payments.deadline import Deadline
from tercet.payments.errors import (
    AcquirerUnavailable,
    IllegalTransitionError,
    KeyInUseError,
    KeyReusedError,
    PaymentBusyError,
    PaymentDeclined,
    PaymentNotFoundError,
    SessionInUseError,
)
from tercet.payments.execution import LEASE_MS
from tercet.payments.idempotency import SKEW_MS
from tercet.payments.ledger import Account
from tercet.payments.model import Actor, Kind, Operation, PaymentRequest, State, new_id
from tercet.payments.processor import Step
from tests.payments.world import KEY_TTL_MS, World


class CountingDatabase:
    """Counts calls; that each of them is one round trip, the database's own tests show."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.round_trips = 0

    def write(self, *statements: Statement) -> None:
        self.round_trips += 1
        self._database.write(*statements)

    def read(self, statement: Statement) -> Sequence[Row]:
        self.round_trips += 1
        return self._database.read(statement)

    def close(self) -> None:
        self._database.close()


def balance(world: World, account: Account = Account.PAYABLE, merchant: str = "acme") -> int:
    return -world.store.balances(merchant, account).get("EUR", 0)


def test_a_payment_is_captured_posted_and_told(world: World) -> None:
    result = world.create(amount=1234)
    payment = result.answer.payment
    assert payment.state is State.CAPTURED
    assert world.store.find("acme", payment.id).payment == payment
    assert balance(world) == 1234
    assert world.kinds(payment.id) == ["created", "authorized", "captured"]
    assert not world.store.find("acme", payment.id).has_backlog


def test_a_decline_is_an_answer(world: World) -> None:
    result = world.create(token="tok_insufficient_funds")
    assert result.answer.declined == "insufficient_funds"
    assert result.answer.payment.state is State.FAILED
    assert balance(world) == 0


def test_the_card_token_is_gone_once_it_was_used(world: World) -> None:
    payment = world.create(token="tok_visa").answer.payment
    operation = world.store.operation_from(payment.id, 0)
    assert operation is not None
    assert operation.request is not None
    assert operation.request.card_token == ""


def test_captures_in_parts_until_nothing_is_left(world: World) -> None:
    payment = world.create(capture=False, amount=1000).answer.payment
    assert payment.state is State.AUTHORIZED
    first = world.processor.capture(world.caller(), world.key(), payment.id, amount_minor=300)
    assert first.answer.payment.state is State.PARTIALLY_CAPTURED
    with pytest.raises(IllegalTransitionError, match="701 is more than the 700"):
        world.processor.capture(world.caller(), world.key(), payment.id, amount_minor=701)
    second = world.processor.capture(world.caller(), world.key(), payment.id)
    assert (second.answer.payment.state, second.answer.payment.captured_minor) == (State.CAPTURED, 1000)
    with pytest.raises(IllegalTransitionError):
        world.processor.capture(world.caller(), world.key(), payment.id)
    assert balance(world) == 1000


def test_refunds_in_parts_until_nothing_is_left(world: World) -> None:
    payment = world.create(amount=1000).answer.payment
    part = world.processor.refund(world.caller(), world.key(), payment.id, amount_minor=400).answer.payment
    assert (part.state, part.refunded_minor) == (State.PARTIALLY_REFUNDED, 400)
    rest = world.processor.refund(world.caller(), world.key(), payment.id).answer.payment
    assert (rest.state, rest.refunded_minor) == (State.REFUNDED, 1000)
    with pytest.raises(IllegalTransitionError):
        world.processor.refund(world.caller(), world.key(), payment.id, amount_minor=1)
    assert balance(world) == 0


def test_a_void_releases_and_ends(world: World) -> None:
    payment = world.create(capture=False).answer.payment
    assert world.processor.void(world.caller(), world.key(), payment.id).answer.payment.state is State.VOIDED
    with pytest.raises(IllegalTransitionError):
        world.processor.capture(world.caller(), world.key(), payment.id)


def test_an_illegal_move_changes_nothing_and_leaves_the_key_free(world: World) -> None:
    payment = world.create(amount=1000).answer.payment
    before = world.store.find("acme", payment.id)
    key = world.key()
    with pytest.raises(IllegalTransitionError):
        world.processor.void(world.caller(), key, payment.id)
    assert world.store.find("acme", payment.id) == before
    assert world.processor.refund(world.caller(), key, payment.id).answer.payment.state is State.REFUNDED


def test_the_same_key_gets_the_first_answer_whatever_became_of_the_payment(world: World) -> None:
    key = world.key()
    first = world.create(key=key)
    world.processor.refund(world.caller(), world.key(), first.answer.payment.id)
    again = world.create(key=key)
    assert again.is_replay
    assert again.answer == first.answer
    refund_key, payment = world.key(), world.create().answer.payment
    refund = world.processor.refund(world.caller(), refund_key, payment.id)
    assert world.processor.refund(world.caller(), refund_key, payment.id).answer == refund.answer
    assert balance(world) == 0


def test_the_same_key_for_something_else_is_refused(world: World) -> None:
    key = world.key()
    payment = world.create(key=key, amount=1000).answer.payment
    with pytest.raises(KeyReusedError):
        world.create(key=key, amount=1001)
    with pytest.raises(KeyReusedError):
        world.create(key=key, amount=1000, token="tok_mastercard")
    with pytest.raises(KeyReusedError):
        world.processor.refund(world.caller(), key, payment.id)
    assert world.create(key=key, amount=1000, merchant="other").answer.payment.id != payment.id


def test_a_key_may_be_used_anew_once_it_has_expired(world: World) -> None:
    key = world.key()
    first = world.create(key=key)
    world.clock.shift_ms = KEY_TTL_MS + SKEW_MS + 1000
    second = world.create(key=key, amount=77)
    assert not second.is_replay
    assert second.answer.payment.id != first.answer.payment.id
    again = world.processor.refund(world.caller(), world.key(), first.answer.payment.id)
    assert again.answer.payment.state is State.REFUNDED


def test_nobody_sees_another_merchants_payment(world: World) -> None:
    payment = world.create(merchant="acme").answer.payment
    for attempt in (
        lambda: world.store.find("other", payment.id),
        lambda: world.processor.capture(world.caller("other"), world.key(), payment.id),
        lambda: world.processor.refund(world.caller("other"), world.key(), payment.id),
        lambda: world.processor.void(world.caller("other"), world.key(), payment.id),
    ):
        with pytest.raises(PaymentNotFoundError):
            attempt()
    assert world.store.payments("other", limit=10) == []
    assert world.store.events("other", payment.id, limit=10) == []
    assert world.store.entries("other", Account.PAYABLE, limit=10) == []


def test_a_session_is_paid_once_and_a_declined_card_leaves_it_free(world: World) -> None:
    world.create(session_id="ses_1", token="tok_card_declined")
    paid = world.create(session_id="ses_1", capture=False).answer.payment
    with pytest.raises(SessionInUseError):
        world.create(session_id="ses_1")
    world.processor.void(world.caller(), world.key(), paid.id)
    assert world.create(session_id="ses_1").answer.payment.state is State.CAPTURED


def _begin(world: World, payment_id: str | None = None, key: str = "left") -> Operation:
    """Begin an operation as a processor does that ends right after it."""
    now = world.clock()
    request = PaymentRequest(amount_minor=1000, currency="EUR", card_token="tok_visa", capture=True)
    if payment_id is None:
        operation = Operation(
            id=new_id("op", now),
            payment_id=new_id("pay", now),
            merchant="acme",
            kind=Kind.AUTHORIZE,
            actor=Actor.MERCHANT,
            amount_minor=1000,
            correlation_id="left",
            created_at_ms=now,
            request=request,
            idempotency_key=key,
            fingerprint="f" * 64,
        )
        world.store.begin(operation, version=0)
        return operation
    payment = world.store.find("acme", payment_id).payment
    operation = Operation(
        id=new_id("op", now),
        payment_id=payment_id,
        merchant="acme",
        kind=Kind.REFUND,
        actor=Actor.MERCHANT,
        amount_minor=1000,
        correlation_id="left",
        created_at_ms=now,
    )
    world.store.begin(operation, version=payment.version)
    return operation


def test_while_the_first_request_runs_its_key_is_in_use(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key = world.key()
    seen: list[Exception] = []
    submit = world.sandbox.submit

    def meanwhile(*args: object, **kwargs: object) -> object:
        with pytest.raises(KeyInUseError) as refusal:
            world.create(key=key)
        seen.append(refusal.value)
        monkeypatch.setattr(world.sandbox, "submit", submit)
        return submit(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(world.sandbox, "submit", meanwhile)
    assert world.create(key=key).answer.payment.state is State.CAPTURED
    assert len(seen) == 1


def test_a_payment_is_busy_while_an_operation_on_it_runs_and_is_resolved_when_that_was_left(world: World) -> None:
    payment = world.create().answer.payment
    _begin(world, payment.id)
    with pytest.raises(PaymentBusyError):
        world.processor.refund(world.caller(), world.key(), payment.id)
    world.clock.shift_ms = LEASE_MS + 1000
    result = world.processor.refund(world.caller(), world.key(), payment.id)
    assert result.answer.payment.state is State.REFUNDED  # what was left never reached the acquirer
    assert balance(world) == 0


def test_what_never_reached_the_acquirer_is_declined_and_never_charged(world: World) -> None:
    operation = _begin(world)
    assert world.resolve_all() == 1
    payment = world.store.payment(operation.payment_id)
    assert payment is not None
    assert (payment.state, payment.failure_code) == (State.FAILED, "not_processed")
    assert world.resolve_all() == 0
    assert balance(world) == 0


def test_without_an_answer_a_payment_is_unknown_until_the_acquirer_tells(world: World) -> None:
    key = world.key()
    first = world.create(token="tok_unreachable_once", key=key)
    assert first.is_running
    payment_id = first.answer.payment.id
    assert first.answer.payment.state is State.UNKNOWN
    with pytest.raises(PaymentBusyError):
        world.processor.refund(world.caller(), world.key(), payment_id)
    assert world.resolve_all() == 0
    world.clock.shift_ms = (SILENCE_S + 1) * 1000
    assert world.resolve_all() == 1
    payment = world.store.find("acme", payment_id).payment
    assert payment.state is State.CAPTURED
    assert balance(world) == 1000
    again = world.create(token="tok_unreachable_once", key=key)
    assert (again.is_replay, again.answer.payment) == (True, payment)


def test_three_d_secure(world: World) -> None:
    payment = world.create(token="tok_3ds").answer.payment
    assert payment.state is State.REQUIRES_ACTION
    assert payment.next_action_url
    told = world.processor.notify(world.caller("the-acquirer"), payment.id, Kind.AUTHENTICATE)
    assert told.state is State.AUTHORIZED
    assert world.processor.notify(world.caller("the-acquirer"), payment.id, Kind.AUTHENTICATE) == told
    assert world.processor.step(Step.CAPTURE, payment.id, "w", Deadline.after(20)).state is State.CAPTURED
    assert world.processor.step(Step.SETTLE, payment.id, "w", Deadline.after(20)).settled_minor == 1000


def test_a_dispute_holds_the_money_and_ends_one_way_or_the_other(world: World) -> None:
    for token, last, payable in (
        ("tok_disputed", Kind.DISPUTE_WON, 1000),
        ("tok_disputed_lost", Kind.DISPUTE_LOST, 0),
    ):
        before = balance(world)
        payment = world.create(token=token).answer.payment
        disputed = world.processor.notify(world.caller("the-acquirer"), payment.id, Kind.DISPUTE)
        assert disputed.state is State.DISPUTED
        assert (balance(world), balance(world, Account.DISPUTED)) == (before, 1000)
        with pytest.raises(IllegalTransitionError):
            world.processor.refund(world.caller(), world.key(), payment.id)
        world.processor.notify(world.caller("the-acquirer"), payment.id, last)
        assert (balance(world), balance(world, Account.DISPUTED)) == (before + payable, 0)


def test_a_notification_that_is_not_true_changes_no_money(world: World) -> None:
    payment = world.create().answer.payment
    told = world.processor.notify(world.caller("an-impostor"), payment.id, Kind.DISPUTE)
    assert told.state is State.CAPTURED
    assert balance(world) == 1000


def test_the_workflow_refuses_elevated_risk_and_voids(world: World) -> None:
    payment = world.create(token="tok_risky").answer.payment
    assert payment.state is State.AUTHORIZED
    assert world.processor.step(Step.AUTHORIZE, payment.id, "w", Deadline.after(20)) == payment
    for step in (Step.ASSESS_RISK, Step.CAPTURE):
        with pytest.raises(PaymentDeclined):
            world.processor.step(step, payment.id, "w", Deadline.after(20))
    voided = world.processor.step(Step.VOID, payment.id, "w", Deadline.after(20))
    assert (voided.state, voided.failure_code) == (State.VOIDED, "risk_check_failed")
    assert world.processor.step(Step.VOID, payment.id, "w", Deadline.after(20)) == voided


def test_the_workflow_settles_what_was_captured_once(world: World) -> None:
    payment = world.create().answer.payment
    for _ in range(3):
        settled = world.processor.step(Step.SETTLE, payment.id, "w", Deadline.after(20))
        assert settled.settled_minor == 1000
    assert world.kinds(payment.id).count("settled") == 1


@pytest.mark.parametrize(("change", "most"), [("create", 3), ("capture", 4), ("refund", 4), ("void", 4)])
def test_a_payment_takes_few_round_trips(world: World, change: str, most: int) -> None:
    payment = world.create(capture=change == "refund").answer.payment
    counting = CountingDatabase(world.database)
    counted = World(counting, world.folder)
    if change == "create":
        counted.create(key="a-new-key")
    else:
        getattr(counted.processor, change)(counted.caller(), "a-new-key", payment.id)
    assert counting.round_trips == most


def test_the_workflow_leaves_what_a_merchant_began_to_the_sweeper(world: World) -> None:
    payment = world.create(token="tok_capture_unreachable", capture=False).answer.payment
    assert world.processor.capture(world.caller(), world.key(), payment.id, amount_minor=300).is_running
    world.clock.shift_ms = (SILENCE_S + 1) * 1000
    with pytest.raises(AcquirerUnavailable):
        world.processor.step(Step.SETTLE, payment.id, "w", Deadline.after(20))
    assert "settlement_due" not in world.kinds(payment.id)
    assert world.resolve_all() == 1
    assert world.kinds(payment.id)[-2:] == ["captured", "settlement_due"]
    assert world.processor.step(Step.SETTLE, payment.id, "w", Deadline.after(20)).settled_minor == 300


def test_a_key_lives_from_its_answer_on_and_clocks_may_differ(world: World) -> None:
    key = world.key()
    first = world.create(token="tok_unreachable_once", key=key)
    assert first.is_running
    world.clock.shift_ms = KEY_TTL_MS + SKEW_MS + 1000
    assert world.resolve_all() == 1
    again = world.create(token="tok_unreachable_once", key=key)
    assert (again.is_replay, again.answer.payment.id) == (True, first.answer.payment.id)
    world.clock.shift_ms += KEY_TTL_MS + SKEW_MS - 1000
    assert world.create(token="tok_unreachable_once", key=key).is_replay


def test_an_expired_key_is_not_blamed_for_a_session_that_is_taken(world: World) -> None:
    key = world.key()
    world.create(key=key)
    world.create(session_id="ses_1")
    world.clock.shift_ms = KEY_TTL_MS + SKEW_MS + 1000
    with pytest.raises(SessionInUseError):
        world.create(key=key, session_id="ses_1")


def test_the_workflow_takes_no_authorization_back_that_is_only_to_be_authorized(world: World) -> None:
    payment = world.create(capture=False).answer.payment
    assert world.processor.step(Step.VOID, payment.id, "w", Deadline.after(20)) == payment


def test_the_workflow_captures_nothing_beside_a_merchant_who_captures_a_part(world: World) -> None:
    payment = world.create(token="tok_capture_timeout").answer.payment
    assert payment.state is State.AUTHORIZED
    begin = world.store.begin

    def overtaken(*args: Any, **kwargs: Any) -> None:
        world.store.begin = begin  # type: ignore[method-assign]
        world.processor.capture(world.caller(), world.key(), payment.id, amount_minor=400)
        begin(*args, **kwargs)

    world.store.begin = overtaken  # type: ignore[method-assign]
    assert world.processor.step(Step.CAPTURE, payment.id, "w", Deadline.after(20)).captured_minor == 400


def test_nobody_captures_past_the_risk_check(world: World) -> None:
    payment = world.create(token="tok_risky").answer.payment
    with pytest.raises(IllegalTransitionError) as refusal:
        world.processor.capture(world.caller(), world.key(), payment.id)
    assert refusal.value.code == "elevated_risk"


def test_the_end_of_a_dispute_may_be_told_before_its_beginning(world: World) -> None:
    payment = world.create(token="tok_disputed_lost").answer.payment
    told = world.processor.notify(world.caller("the-acquirer"), payment.id, Kind.DISPUTE_LOST)
    assert told.state is State.LOST
    assert (balance(world), balance(world, Account.DISPUTED)) == (0, 0)
    assert world.processor.notify(world.caller("the-acquirer"), payment.id, Kind.DISPUTE).state is State.LOST


def test_a_dispute_is_to_be_told_again_while_the_capture_is_under_way(world: World) -> None:
    payment = world.create(token="tok_disputed", capture=False).answer.payment
    _begin(world, payment.id)
    with pytest.raises(PaymentBusyError):
        world.processor.notify(world.caller("the-acquirer"), payment.id, Kind.DISPUTE)


def test_what_is_found_out_late_starts_the_workflow_again(world: World) -> None:
    payment = world.create(token="tok_unreachable_once").answer.payment
    world.clock.shift_ms = (SILENCE_S + 1) * 1000
    assert world.resolve_all() == 1
    assert world.kinds(payment.id) == ["created", "unknown", "authorized", "captured", "settlement_due"]
