"""The workflow's Lambda handler: one step of one payment, safe to repeat at any point."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tercet.payments.deadline import Deadline
from tercet.payments.errors import PaymentsError
from tercet.payments.logs import bound, log
from tercet.payments.model import Kind, Payment, State
from tercet.payments.processor import Step
from tercet.payments.services import services
from tercet.payments.transitions import has_something_to

KEEP_S: Final = 8
"""Seconds of an invocation that are kept for what follows the acquirer's answer: writing it down, and publishing."""

_LONGEST_ID: Final = 80
"""What the database's columns hold."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, str | bool]:
    """Do a step.

    Parameters
    ----------
    event
        ``{"step": "capture", "payment_id": "pay_…", "correlation_id": "…"}``; the last may be missing, and further
        members are ignored.

    Returns
    -------
    dict
        ``payment_id``; the ``state`` that the payment is in now; whether it is to be captured: ``capture``; and whether
        the acquirer is to be asked to pay out what was captured: ``settle``.

    Raises
    ------
    PaymentDeclined
        Final; the state machine must not retry, but release the authorization.
    AcquirerUnavailable
        The acquirer did not answer; to be tried again.
    PaymentBusyError, PaymentNotFoundError, StoreUnavailableError
        See :mod:`tercet.payments.errors`.
    """
    step, payment_id, correlation_id = _read(event, context)
    available = services()
    with bound(correlation_id=correlation_id, payment_id=payment_id, step=step):
        try:
            deadline = Deadline.of_invocation(context, keep_s=KEEP_S)
            payment = available.processor.step(step, payment_id, correlation_id, deadline)
        except PaymentsError as error:
            log("step_failed", cause=type(error).__name__)
            raise
        finally:
            available.metrics.flush()
        log("step_done", state=payment.state)
    return _answer(payment)


def _answer(payment: Payment) -> dict[str, str | bool]:
    return {
        "payment_id": payment.id,
        "state": str(payment.state),
        "capture": payment.capture and payment.state is State.AUTHORIZED,
        "settle": has_something_to(Kind.SETTLE, payment),
    }


def _read(event: Mapping[str, Any], context: Any) -> tuple[Step, str, str]:
    try:
        step = Step(event["step"])
        payment_id = event["payment_id"]
    except (KeyError, ValueError) as error:
        raise PaymentsError(
            "A step needs a `step` that exists and a `payment_id`. Correct the state machine."
        ) from error
    correlation_id = event.get("correlation_id") or context.aws_request_id
    if not _is_id(payment_id) or not _is_id(correlation_id):
        raise PaymentsError("`payment_id` or `correlation_id` of a step is no identifier. Correct the state machine.")
    return step, payment_id, correlation_id


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isascii() and value.isprintable()
