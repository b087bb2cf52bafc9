"""The state machine, as a table of what is allowed, and as properties of any sequence of what is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tercet.payments import transitions
from tercet.payments.acquirer import ActionRequired, Approved, Declined, Outcome
from tercet.payments.errors import IllegalTransitionError, PaymentBusyError
from tercet.payments.model import Actor, Kind, Operation, Payment, PaymentRequest, State

S = State
ALLOWED = {
    Kind.AUTHENTICATE: {S.REQUIRES_ACTION},
    Kind.CAPTURE: {S.AUTHORIZED, S.PARTIALLY_CAPTURED},
    Kind.VOID: {S.REQUIRES_ACTION, S.AUTHORIZED},
    Kind.REFUND: {S.PARTIALLY_CAPTURED, S.CAPTURED, S.PARTIALLY_REFUNDED, S.WON},
    Kind.SETTLE: {S.PARTIALLY_CAPTURED, S.CAPTURED, S.PARTIALLY_REFUNDED, S.REFUNDED, S.DISPUTED, S.WON, S.LOST},
    Kind.DISPUTE: {S.PARTIALLY_CAPTURED, S.CAPTURED, S.PARTIALLY_REFUNDED},
    Kind.DISPUTE_WON: {S.DISPUTED},
    Kind.DISPUTE_LOST: {S.DISPUTED},
}


def payment(state: State, *, captured: int = 0, refunded: int = 0, settled: int = 0) -> Payment:
    return Payment(
        id="pay_1",
        merchant="acme",
        amount_minor=1000,
        currency="EUR",
        capture=True,
        metadata={},
        state=state,
        version=4,
        created_at_ms=1,
        captured_minor=captured,
        refunded_minor=refunded,
        settled_minor=settled,
        reference="auth_1",
    )


def operation(kind: Kind, amount: int = 0, *, actor: Actor = Actor.MERCHANT, final: bool = False) -> Operation:
    return Operation(
        id="op_1",
        payment_id="pay_1",
        merchant="acme",
        kind=kind,
        actor=actor,
        amount_minor=amount,
        correlation_id="request-1",
        created_at_ms=1,
        final=final,
        request=PaymentRequest(amount_minor=1000, currency="EUR", card_token="tok_visa")
        if kind is Kind.AUTHORIZE
        else None,
    )


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", ALLOWED)
def test_each_kind_is_allowed_in_its_states_only(kind: Kind, state: State) -> None:
    captured = 0 if state in {S.REQUIRES_ACTION, S.AUTHORIZED} else 500
    before = payment(state, captured=captured, refunded=100 if captured else 0)
    if state is State.UNKNOWN:
        with pytest.raises(PaymentBusyError):
            transitions.check(before, kind)
    elif state in ALLOWED[kind]:
        transitions.check(before, kind)
        assert transitions.has_something_to(kind, before)
    else:
        with pytest.raises(IllegalTransitionError) as refusal:
            transitions.check(before, kind)
        assert refusal.value.code == "state_not_allowed"
        assert not transitions.has_something_to(kind, before)


@pytest.mark.parametrize(
    ("kind", "before", "left"),
    [
        (Kind.CAPTURE, payment(S.AUTHORIZED), 1000),
        (Kind.CAPTURE, payment(S.PARTIALLY_CAPTURED, captured=300), 700),
        (Kind.REFUND, payment(S.CAPTURED, captured=800), 800),
        (Kind.REFUND, payment(S.PARTIALLY_REFUNDED, captured=800, refunded=500), 300),
        (Kind.SETTLE, payment(S.CAPTURED, captured=800, settled=200), 600),
        (Kind.DISPUTE, payment(S.PARTIALLY_REFUNDED, captured=800, refunded=500), 300),
    ],
)
def test_as_much_is_allowed_as_is_left(kind: Kind, before: Payment, left: int) -> None:
    assert transitions.check(before, kind) == left
    assert transitions.check(before, kind, left) == left
    assert transitions.check(before, kind, 1) == 1
    with pytest.raises(IllegalTransitionError) as refusal:
        transitions.check(before, kind, left + 1)
    assert refusal.value.code == "amount_too_large"


def test_what_is_settled_is_not_settled_again() -> None:
    with pytest.raises(IllegalTransitionError) as refusal:
        transitions.check(payment(S.CAPTURED, captured=800, settled=800), Kind.SETTLE)
    assert refusal.value.code == "nothing_left"


def authorize(outcome: Outcome) -> transitions.Change:
    begun = operation(Kind.AUTHORIZE, 1000)
    return transitions.finish(transitions.open_payment(begun), begun, outcome, 9)


def kinds(change: transitions.Change) -> list[str]:
    return [event.kind.removeprefix("payment.") for event in change.events]


def test_an_authorization_that_is_captured_at_once() -> None:
    change = authorize(Approved(reference="auth_1", captured=True))
    assert change.payment.state is State.CAPTURED
    assert change.payment.captured_minor == 1000
    assert kinds(change) == ["created", "authorized", "captured"]
    assert sum(entry.amount_minor for entry in change.entries) == 0
    assert change.answer is not None
    assert change.answer.declined is None
    assert change.answer.payment == change.payment


def test_a_declined_authorization_fails_for_good() -> None:
    change = authorize(Declined(code="expired_card"))
    assert (change.payment.state, change.payment.failure_code) == (State.FAILED, "expired_card")
    assert kinds(change) == ["created", "failed"]
    assert change.entries == ()
    assert change.answer is not None
    assert change.answer.declined == "expired_card"


def test_a_card_holder_who_must_be_authenticated() -> None:
    asked = authorize(ActionRequired(reference="auth_1", url="https://acs.example/1")).payment
    assert (asked.state, asked.next_action_url) == (State.REQUIRES_ACTION, "https://acs.example/1")
    done = transitions.finish(asked, operation(Kind.AUTHENTICATE), Approved(reference="auth_1"), 9)
    assert (done.payment.state, done.payment.next_action_url) == (State.AUTHORIZED, None)
    assert kinds(done) == ["authenticated"]
    failed = transitions.finish(asked, operation(Kind.AUTHENTICATE), Declined(code="authentication_failed"), 9)
    assert failed.payment.state is State.FAILED
    lost = transitions.finish(asked, operation(Kind.AUTHENTICATE), Declined(code="not_processed"), 9).payment
    assert (lost.state, lost.next_action_url) == (State.REQUIRES_ACTION, asked.next_action_url)


def test_what_a_merchant_captures_is_due_to_be_settled_and_what_the_workflow_captures_is_its_own_business() -> None:
    before = payment(S.AUTHORIZED)
    by_merchant = transitions.finish(before, operation(Kind.CAPTURE, 300), Approved(reference="auth_1"), 9)
    assert by_merchant.payment.state is State.PARTIALLY_CAPTURED
    assert kinds(by_merchant) == ["captured", "settlement_due"]
    by_workflow = transitions.finish(
        before, operation(Kind.CAPTURE, 1000, actor=Actor.WORKFLOW), Approved(reference="auth_1"), 9
    )
    assert by_workflow.payment.state is State.CAPTURED
    assert kinds(by_workflow) == ["captured"]


def test_a_final_capture_leaves_nothing_to_capture() -> None:
    change = transitions.finish(
        payment(S.AUTHORIZED), operation(Kind.CAPTURE, 300, final=True), Approved(reference="auth_1"), 9
    )
    assert change.payment.state is State.CAPTURED
    assert not transitions.has_something_to(Kind.CAPTURE, change.payment)


@pytest.mark.parametrize("kind", [Kind.CAPTURE, Kind.VOID, Kind.REFUND, Kind.SETTLE, Kind.DISPUTE])
def test_a_refused_operation_leaves_the_payment_as_it_was(kind: Kind) -> None:
    before = payment(S.PARTIALLY_CAPTURED, captured=500)
    for now in (before, transitions.leave_unknown(before, operation(kind, 100), 8)):
        standing = now if isinstance(now, Payment) else now.payment if now else before
        change = transitions.finish(standing, operation(kind, 100), Declined(code="operation_declined"), 9)
        assert change.payment.state is before.state
        assert change.payment.captured_minor == before.captured_minor
        assert change.payment.resumes_as is None
        assert change.entries == ()
        assert kinds(change)[0] == f"{kind}_declined"


def test_without_an_answer_a_payment_is_unknown_once() -> None:
    before = payment(S.AUTHORIZED)
    change = transitions.leave_unknown(before, operation(Kind.CAPTURE, 1000), 9)
    assert change is not None
    assert (change.payment.state, change.payment.resumes_as) == (State.UNKNOWN, State.AUTHORIZED)
    assert kinds(change) == ["unknown"]
    assert change.answer is None
    assert transitions.leave_unknown(change.payment, operation(Kind.CAPTURE, 1000), 9) is None
    begun = operation(Kind.AUTHORIZE, 1000)
    first = transitions.leave_unknown(transitions.open_payment(begun), begun, 9)
    assert first is not None
    assert kinds(first) == ["created", "unknown"]
    later = transitions.finish(first.payment, begun, Approved(reference="auth_1", captured=True), 10)
    assert later.payment.state is State.CAPTURED
    assert kinds(later) == ["authorized", "captured", "settlement_due"]


@given(st.data())
def test_any_allowed_sequence_keeps_the_figures_in_bounds(data: st.DataObject) -> None:
    now = authorize(Approved(reference="auth_1", captured=data.draw(st.booleans()))).payment
    for _ in range(12):
        kind = data.draw(st.sampled_from(sorted(ALLOWED)))
        if not transitions.has_something_to(kind, now):
            continue
        left = transitions.check(now, kind)
        amount = data.draw(st.integers(1, left)) if kind in {Kind.CAPTURE, Kind.REFUND} else left
        begun = operation(kind, amount, final=data.draw(st.booleans()))
        if data.draw(st.booleans()):
            unknown = transitions.leave_unknown(now, begun, 9)
            assert unknown is not None
            now = unknown.payment
        outcome: Outcome = Approved(reference="auth_1") if data.draw(st.booleans()) else Declined(code="card_declined")
        change = transitions.finish(now, begun, outcome, 10)
        assert change.payment.version == now.version + len(change.events)
        assert [event.sequence for event in change.events] == list(range(now.version + 1, change.payment.version + 1))
        assert sum(entry.amount_minor for entry in change.entries) == 0
        now = change.payment
        assert 0 <= now.refunded_minor <= now.captured_minor <= now.amount_minor
        assert 0 <= now.settled_minor <= now.captured_minor
        assert now.state is not State.UNKNOWN


def test_every_event_is_of_a_kind_that_is_listed() -> None:
    assert len(transitions.EVENT_KINDS) == len(set(transitions.EVENT_KINDS))
    assert set(kinds(authorize(Approved(reference="a", captured=True)))) <= {
        kind.removeprefix("payment.") for kind in transitions.EVENT_KINDS
    }
