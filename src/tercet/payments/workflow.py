"""The workflow's Lambda handler: one step of one payment, safe to repeat at any point.

A step asks the card network first, which knows the payment by its id and so answers a repetition alike, and then writes
what it heard. If it ends in between, the repetition does the same again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tercet.payments import outbox
from tercet.payments.acquirer import Acquirer
from tercet.payments.errors import IllegalTransitionError, PaymentDeclined, PaymentsError
from tercet.payments.logs import log
from tercet.payments.model import RISK_CHECK_FAILED, TRANSITIONS, Payment, State, Step
from tercet.payments.services import Services, services
from tercet.payments.sessions import Sessions


def handler(event: Mapping[str, Any], _context: Any) -> dict[str, str | bool]:
    """Do a step.

    Parameters
    ----------
    event
        ``{"step": "authorize", "payment_id": "pay_..."}``; further fields are ignored.

    Returns
    -------
    dict
        ``payment_id``, the ``state`` that the payment is in now, and whether it is to be captured: ``capture``.

    Raises
    ------
    PaymentDeclined
        Final; the state machine must not retry, but fail or void the payment.
    AcquirerUnavailable
        The card network did not answer; to be retried, and voided in the end.
    IllegalTransitionError, PaymentNotFoundError, StoreUnavailableError
        See :mod:`tercet.payments.errors`.
    """
    step, payment_id = _read(event)
    available = services()
    try:
        payment = _do(step, payment_id, available)
    except PaymentsError as error:
        log("step_failed", payment_id=payment_id, step=step, cause=type(error).__name__)
        raise
    outbox.drain(payment, available.sessions, available.publisher)
    log("step_done", payment_id=payment.id, step=step, state=payment.state)
    return {"payment_id": payment.id, "state": str(payment.state), "capture": payment.capture}


def _read(event: Mapping[str, Any]) -> tuple[Step, str]:
    try:
        step = Step(event["step"])
        payment_id = event["payment_id"]
    except (KeyError, ValueError) as error:
        raise PaymentsError(
            "A step needs a `step` that exists and a `payment_id`. Correct the state machine."
        ) from error
    if not isinstance(payment_id, str) or not payment_id:
        raise PaymentsError("A step needs a `payment_id`. Correct the state machine.")
    return step, payment_id


def _do(step: Step, payment_id: str, available: Services) -> Payment:
    payment = available.sessions.get(payment_id)
    transition = TRANSITIONS[step]
    if payment.state in transition.done:
        return payment
    if step is Step.SETTLE and not payment.capture and payment.state is State.AUTHORIZED:
        return payment  # the merchant asked for an authorization only: there is nothing to settle
    if payment.state not in transition.sources:
        raise IllegalTransitionError(f"Payment {payment.id} is {payment.state}, which does not allow `{step}`.")
    if step is Step.CAPTURE and not payment.capture:
        return payment
    try:
        return _STEPS[step](payment, available.acquirer, available.sessions)
    except PaymentDeclined as error:
        available.sessions.note_failure(payment, error.code)
        raise
    except IllegalTransitionError:
        # Someone was faster. If it was the same step, it is done; else the state now speaks for itself.
        payment = available.sessions.get(payment_id)
        if payment.state not in transition.done:
            raise
        return payment


def _assess_risk(payment: Payment, _acquirer: Acquirer, _sessions: Sessions) -> Payment:
    _refuse_risk(payment)
    return payment


def _refuse_risk(payment: Payment) -> None:
    if payment.elevated_risk:
        raise PaymentDeclined(f"Payment {payment.id} did not pass the risk check.", RISK_CHECK_FAILED)


def _authorize(payment: Payment, acquirer: Acquirer, sessions: Sessions) -> Payment:
    if payment.card_token is None:
        raise PaymentsError(f"Payment {payment.id} is {payment.state} and has no card token: its item was damaged.")
    authorization = acquirer.authorize(
        payment.id,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        card_token=payment.card_token,
    )
    return sessions.advance(
        payment,
        State.AUTHORIZED,
        reference=authorization.reference,
        elevated_risk=authorization.elevated_risk,
    )


def _capture(payment: Payment, acquirer: Acquirer, sessions: Sessions) -> Payment:
    _refuse_risk(payment)  # whatever the state machine forgets, no risky payment is captured
    acquirer.capture(payment.id, _reference(payment))
    return sessions.advance(payment, State.CAPTURED)


def _settle(payment: Payment, acquirer: Acquirer, sessions: Sessions) -> Payment:
    acquirer.settle(payment.id, _reference(payment))
    return sessions.advance(payment, State.SETTLED)


def _void(payment: Payment, acquirer: Acquirer, sessions: Sessions) -> Payment:
    acquirer.void(payment.id, payment.reference)
    return sessions.advance(payment, State.VOIDED)


def _fail(payment: Payment, _acquirer: Acquirer, sessions: Sessions) -> Payment:
    return sessions.advance(payment, State.FAILED)


def _reference(payment: Payment) -> str:
    if payment.reference is None:
        raise PaymentsError(f"Payment {payment.id} is {payment.state} without a reference: its item was damaged.")
    return payment.reference


_STEPS = {
    Step.AUTHORIZE: _authorize,
    Step.ASSESS_RISK: _assess_risk,
    Step.CAPTURE: _capture,
    Step.SETTLE: _settle,
    Step.VOID: _void,
    Step.FAIL: _fail,
}
