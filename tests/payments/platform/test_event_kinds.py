"""The stack writes the kinds of event a second time: the lists agree, and no event leads back to who causes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tercet.payments import publisher, transitions
from tercet.payments.acquirer import ActionRequired, Approved, Declined, Outcome
from tercet.payments.errors import IllegalTransitionError, PaymentBusyError
from tercet.payments.handlers import consumer
from tercet.payments.model import Actor, Kind, Operation, Payment, State
from tercet.stack import event_kinds

NOW_MS = 1_750_000_000_000


def test_both_speak_of_the_same_source():
    assert event_kinds.SOURCE == publisher.SOURCE == consumer.SOURCE


def test_the_consumer_gets_what_it_follows():
    assert set(event_kinds.FOLLOWED) == set(consumer.FOLLOWED)
    assert len(set(event_kinds.FOLLOWED)) == len(event_kinds.FOLLOWED)


def test_every_kind_is_one_that_the_processor_publishes():
    assert {*event_kinds.STARTS_WORKFLOW, *event_kinds.FOLLOWED} <= set(transitions.EVENT_KINDS)


def payments() -> Iterator[Payment]:
    """A payment in every state, with what is left to be captured and settled, and without."""
    for state in State:
        for captured, settled in ((0, 0), (400, 0), (1000, 400), (1000, 1000)):
            for capture in (True, False):
                yield Payment(
                    id="pay_1",
                    merchant="acme",
                    amount_minor=1000,
                    currency="EUR",
                    capture=capture,
                    metadata={},
                    state=state,
                    version=3,
                    created_at_ms=NOW_MS,
                    captured_minor=captured,
                    settled_minor=settled,
                    reference="auth_1",
                )


def operation(payment: Payment, kind: Kind, actor: Actor, amount: int) -> Operation:
    return Operation(
        id="op_1",
        payment_id=payment.id,
        merchant=payment.merchant,
        kind=kind,
        actor=actor,
        amount_minor=amount,
        correlation_id="c",
        created_at_ms=NOW_MS,
    )


def told_by(actor: Actor, kinds: tuple[Kind, ...]) -> set[str]:
    """Every kind of event that operations of an actor lead to, whatever the acquirer answers, or if it does not."""
    told: set[str] = set()
    outcomes: tuple[Outcome, ...] = (
        Approved(reference="auth_1"),
        Declined(code="operation_declined"),
        ActionRequired(reference="auth_1", url="https://acs.test"),
    )
    for payment in payments():
        for kind in kinds:
            try:
                amount = transitions.check(payment, kind)
            except (IllegalTransitionError, PaymentBusyError):
                continue
            begun = operation(payment, kind, actor, amount)
            changes = [transitions.leave_unknown(payment, begun, NOW_MS)]
            for outcome in outcomes[: 3 if kind is Kind.AUTHENTICATE else 2]:
                changes.append(transitions.finish(payment, begun, outcome, NOW_MS))
            told |= {event.kind for change in changes if change for event in change.events}
    return told


def test_nothing_that_the_workflow_does_starts_it_again():
    """What had no answer it leaves to the sweeper, who may start it again by what it finds out."""
    told = told_by(Actor.WORKFLOW, (Kind.CAPTURE, Kind.SETTLE, Kind.VOID))
    assert {"payment.captured", "payment.settled", "payment.voided", "payment.unknown"} <= told
    assert told.isdisjoint(event_kinds.STARTS_WORKFLOW)


@pytest.mark.parametrize(
    ("actor", "kind", "starts"),
    [
        (Actor.MERCHANT, Kind.CAPTURE, "payment.settlement_due"),
        (Actor.ACQUIRER, Kind.AUTHENTICATE, "payment.authenticated"),
    ],
)
def test_what_others_do_starts_it(actor: Actor, kind: Kind, starts: str):
    """Were the test above blind, this one would not see it either."""
    assert told_by(actor, (kind,)) & set(event_kinds.STARTS_WORKFLOW) == {starts}
