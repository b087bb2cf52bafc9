"""The state machine of a payment: what is allowed, and what an acquirer's answer makes of it. Pure functions.

A :class:`Change` is everything that one answer leads to, so that one transaction can write it all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tercet.payments.acquirer import ActionRequired, Approved, Declined, Outcome
from tercet.payments.errors import IllegalTransitionError, PaymentBusyError
from tercet.payments.ledger import Entry, post
from tercet.payments.model import FAILURES, NOT_PROCESSED, Actor, Answer, Event, Kind, Operation, Payment, State, new_id

_ALLOWED: Final[Mapping[Kind, frozenset[State]]] = {
    Kind.AUTHENTICATE: frozenset({State.REQUIRES_ACTION}),
    Kind.CAPTURE: frozenset({State.AUTHORIZED, State.PARTIALLY_CAPTURED}),
    Kind.VOID: frozenset({State.REQUIRES_ACTION, State.AUTHORIZED}),
    Kind.REFUND: frozenset({State.PARTIALLY_CAPTURED, State.CAPTURED, State.PARTIALLY_REFUNDED, State.WON}),
    Kind.SETTLE: frozenset(
        {
            State.PARTIALLY_CAPTURED,
            State.CAPTURED,
            State.PARTIALLY_REFUNDED,
            State.REFUNDED,
            State.DISPUTED,
            State.WON,
            State.LOST,
        }
    ),
    Kind.DISPUTE: frozenset({State.PARTIALLY_CAPTURED, State.CAPTURED, State.PARTIALLY_REFUNDED}),
    Kind.DISPUTE_WON: frozenset({State.DISPUTED}),
    Kind.DISPUTE_LOST: frozenset({State.DISPUTED}),
}
"""Kind → the states it may begin in. An authorization begins a payment, so it has none."""

_DONE: Final[Mapping[Kind, str]] = {
    Kind.AUTHORIZE: "payment.authorized",
    Kind.AUTHENTICATE: "payment.authenticated",
    Kind.CAPTURE: "payment.captured",
    Kind.VOID: "payment.voided",
    Kind.REFUND: "payment.refunded",
    Kind.SETTLE: "payment.settled",
    Kind.DISPUTE: "payment.disputed",
    Kind.DISPUTE_WON: "payment.dispute_won",
    Kind.DISPUTE_LOST: "payment.dispute_lost",
}

_AFTER_DISPUTE: Final[Mapping[Kind, State]] = {
    Kind.DISPUTE: State.DISPUTED,
    Kind.DISPUTE_WON: State.WON,
    Kind.DISPUTE_LOST: State.LOST,
}

_ABOUT_AN_AMOUNT: Final = frozenset(
    {Kind.CAPTURE, Kind.REFUND, Kind.SETTLE, Kind.DISPUTE, Kind.DISPUTE_WON, Kind.DISPUTE_LOST}
)
"""Kinds that are about an amount."""

CREATED: Final = "payment.created"
ACTION_REQUIRED: Final = "payment.action_required"
FAILED: Final = "payment.failed"
UNKNOWN: Final = "payment.unknown"
SETTLEMENT_DUE: Final = "payment.settlement_due"

EVENT_KINDS: Final[tuple[str, ...]] = (
    CREATED,
    ACTION_REQUIRED,
    FAILED,
    UNKNOWN,
    SETTLEMENT_DUE,
    *_DONE.values(),
    *(f"payment.{kind}_declined" for kind in Kind if kind not in {Kind.AUTHORIZE, Kind.AUTHENTICATE}),
)
"""Every ``detail-type`` there is."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an answer leads to.

    Parameters
    ----------
    before_version
        The version of the payment that this is a change of: 0 if there was none yet.
    payment
        The payment afterwards; its version counts the events.
    answer
        The operation's answer, which ends it; ``None`` while the outcome is unknown.
    """

    before_version: int
    payment: Payment
    events: tuple[Event, ...]
    entries: tuple[Entry, ...] = ()
    answer: Answer | None = None


def open_payment(operation: Operation) -> Payment:
    """Give the payment that an authorization is about to make, before anything is known of it: version 0.

    Raises
    ------
    ValueError
        The operation holds no request: it is not an authorization.
    """
    request = operation.request
    if request is None:
        raise ValueError(f"Operation {operation.id} ({operation.kind}) makes no payment.")
    return Payment(
        id=operation.payment_id,
        merchant=operation.merchant,
        amount_minor=request.amount_minor,
        currency=request.currency,
        capture=request.capture,
        metadata=request.metadata,
        state=State.UNKNOWN,
        version=0,
        created_at_ms=operation.created_at_ms,
        session_id=request.session_id,
    )


def check(payment: Payment, kind: Kind, amount_minor: int | None = None) -> int:
    """Refuse what the payment does not allow, and tell the amount that the operation is about.

    Parameters
    ----------
    amount_minor
        What was asked for; ``None`` for all that is left.

    Raises
    ------
    PaymentBusyError
        The outcome of an earlier operation is unknown yet.
    IllegalTransitionError
        The state does not allow it, nothing is left, or not as much as was asked for.
    """
    if payment.state is State.UNKNOWN:
        raise PaymentBusyError(f"Payment {payment.id}: the outcome of the last operation is unknown yet.")
    if payment.state not in _ALLOWED.get(kind, frozenset()):
        raise IllegalTransitionError(f"The payment is {payment.state}, which does not allow `{kind}`.")
    if kind is Kind.CAPTURE and payment.elevated_risk:
        raise IllegalTransitionError("The payment did not pass the risk check, and will be voided.", "elevated_risk")
    if kind not in _ABOUT_AN_AMOUNT:
        return 0
    left = _left(payment, kind)
    if left <= 0:
        raise IllegalTransitionError(f"Nothing is left of the payment to {kind}.", "nothing_left")
    wanted = left if amount_minor is None else amount_minor
    if wanted > left:
        raise IllegalTransitionError(
            f"{wanted} is more than the {left} that is left of the payment to {kind}.", "amount_too_large"
        )
    return wanted


def has_something_to(kind: Kind, payment: Payment) -> bool:
    """Tell whether an operation would be allowed for some amount now."""
    try:
        check(payment, kind)
    except (IllegalTransitionError, PaymentBusyError):
        return False
    return True


def finish(payment: Payment, operation: Operation, outcome: Outcome, now_ms: int) -> Change:
    """Give all that an acquirer's answer leads to.

    Parameters
    ----------
    payment
        As it stands now: it may have become ``unknown`` since the operation began.

    Raises
    ------
    ValueError
        The answer makes no sense of such an operation: a defect of the acquirer's adapter.
    LedgerError
        The entries do not balance: a defect of ours.
    """
    if isinstance(outcome, Approved):
        step = _approved(payment, operation, outcome, now_ms)
    elif isinstance(outcome, Declined):
        step = _declined(payment, operation, outcome)
    else:
        step = _action_required(payment, operation, outcome)
    change = _change(payment, operation, step, now_ms)
    declined = _failure(outcome) if isinstance(outcome, Declined) else None
    return replace(change, answer=Answer(payment=change.payment, declined=declined))


def leave_unknown(payment: Payment, operation: Operation, now_ms: int) -> Change | None:
    """Give what a missing answer leads to: the payment is ``unknown``, and nothing may be done to it until it is known.

    Returns
    -------
    Change or None
        ``None`` if it is noted already.
    """
    if payment.state is State.UNKNOWN and payment.version:
        return None
    resumes_as = payment.state if payment.version else None
    after = replace(payment, state=State.UNKNOWN, resumes_as=resumes_as)
    return _change(payment, operation, _Step(after, (UNKNOWN,)), now_ms)


@dataclass(frozen=True)
class _Step:
    """Where an answer leads: the payment without its new version, what is told of it, and what is posted."""

    payment: Payment
    kinds: Sequence[str]
    entries: tuple[Entry, ...] = ()


def _left(payment: Payment, kind: Kind) -> int:
    if kind is Kind.CAPTURE:
        return payment.amount_minor - payment.captured_minor
    if kind is Kind.SETTLE:
        return payment.captured_minor - payment.settled_minor
    return payment.captured_minor - payment.refunded_minor


def _approved(payment: Payment, operation: Operation, outcome: Approved, now_ms: int) -> _Step:
    kind, amount = operation.kind, operation.amount_minor
    if kind in {Kind.AUTHORIZE, Kind.AUTHENTICATE}:
        return _authorized(payment, operation, outcome, now_ms)
    before = payment.resumes_as or payment.state
    if kind is Kind.VOID:
        reason = "risk_check_failed" if payment.elevated_risk and operation.actor is Actor.WORKFLOW else None
        after = replace(payment, state=State.VOIDED, failure_code=reason, next_action_url=None)
        return _Step(after, (_DONE[kind],))
    entries = post(payment, operation, kind, amount, now_ms)
    kinds: tuple[str, ...] = (_DONE[kind],)
    if kind is Kind.CAPTURE:
        captured = payment.captured_minor + amount
        is_whole = operation.final or captured == payment.amount_minor
        after = replace(
            payment, captured_minor=captured, state=State.CAPTURED if is_whole else State.PARTIALLY_CAPTURED
        )
        if operation.actor is not Actor.WORKFLOW:  # the workflow settles what it captured, without being told
            kinds += (SETTLEMENT_DUE,)
    elif kind is Kind.REFUND:
        refunded = payment.refunded_minor + amount
        is_whole = refunded == payment.captured_minor
        after = replace(
            payment, refunded_minor=refunded, state=State.REFUNDED if is_whole else State.PARTIALLY_REFUNDED
        )
    elif kind is Kind.SETTLE:
        after = replace(payment, settled_minor=payment.settled_minor + amount, state=before)
    else:
        after = replace(payment, state=_AFTER_DISPUTE[kind])
    return _Step(after, kinds, entries)


def _authorized(payment: Payment, operation: Operation, outcome: Approved, now_ms: int) -> _Step:
    after = replace(
        payment,
        state=State.AUTHORIZED,
        reference=outcome.reference,
        elevated_risk=outcome.elevated_risk,
        next_action_url=None,
    )
    kinds: tuple[str, ...] = (_DONE[operation.kind],)
    if not outcome.captured:
        return _Step(after, kinds)
    entries = post(payment, operation, Kind.CAPTURE, payment.amount_minor, now_ms)
    after = replace(after, state=State.CAPTURED, captured_minor=payment.amount_minor)
    return _Step(after, (*kinds, _DONE[Kind.CAPTURE]), entries)


def _is_left_to_do(before: Payment, after: Payment) -> bool:
    """Tell whether the workflow, which may have given up meanwhile, is needed again now that a payment is known."""
    is_to_be_captured = after.capture and after.state is State.AUTHORIZED
    return before.state is State.UNKNOWN and (is_to_be_captured or after.captured_minor > after.settled_minor)


def _declined(payment: Payment, operation: Operation, outcome: Declined) -> _Step:
    if operation.kind is Kind.AUTHENTICATE and outcome.code == NOT_PROCESSED:
        return _Step(replace(payment, state=State.REQUIRES_ACTION), (ACTION_REQUIRED,))  # nobody has refused anything
    if operation.kind in {Kind.AUTHORIZE, Kind.AUTHENTICATE}:
        after = replace(payment, state=State.FAILED, failure_code=_failure(outcome), next_action_url=None)
        return _Step(after, (FAILED,))
    after = replace(payment, state=payment.resumes_as or payment.state)
    return _Step(after, (f"payment.{operation.kind}_declined",))


def _failure(outcome: Declined) -> str:
    """Give a code that we know: an acquirer's own could be of any length, and is nothing to be told on."""
    return outcome.code if outcome.code in FAILURES else "card_declined"


def _action_required(payment: Payment, operation: Operation, outcome: ActionRequired) -> _Step:
    if operation.kind not in {Kind.AUTHORIZE, Kind.AUTHENTICATE}:
        raise ValueError(f"Operation {operation.id} ({operation.kind}) cannot require the card holder to act.")
    after = replace(payment, state=State.REQUIRES_ACTION, reference=outcome.reference, next_action_url=outcome.url)
    return _Step(after, (ACTION_REQUIRED,))


def _change(before: Payment, operation: Operation, step: _Step, now_ms: int) -> Change:
    kinds = tuple(step.kinds)
    if not before.version:
        kinds = (CREATED, *kinds)
    elif _is_left_to_do(before, step.payment) and SETTLEMENT_DUE not in kinds:
        kinds = (*kinds, SETTLEMENT_DUE)
    resumes_as = step.payment.resumes_as if step.payment.state is State.UNKNOWN else None
    after = replace(step.payment, version=before.version + len(kinds), resumes_as=resumes_as)
    events = tuple(
        Event(
            id=new_id("evt", now_ms),
            payment_id=after.id,
            sequence=sequence,
            kind=kind,
            detail=_detail(after, operation),
            operation_id=operation.id,
            created_at_ms=now_ms,
        )
        for sequence, kind in enumerate(kinds, start=before.version + 1)
    )
    return Change(before_version=before.version, payment=after, events=events, entries=step.entries)


def _detail(payment: Payment, operation: Operation) -> Mapping[str, object]:
    """Tell what consumers may know: no reference of the acquirer, no metadata, nothing of the card."""
    return {
        "merchant": payment.merchant,
        "state": str(payment.state),
        "currency": payment.currency,
        "amount_minor": payment.amount_minor,
        "captured_minor": payment.captured_minor,
        "refunded_minor": payment.refunded_minor,
        "settled_minor": payment.settled_minor,
        "session_id": payment.session_id,
        "failure_code": payment.failure_code,
        "operation_amount_minor": operation.amount_minor,
        "correlation_id": operation.correlation_id,
    }
