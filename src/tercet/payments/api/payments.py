"""The operations on payments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tercet.payments.api import bodies, parameters, presentation
from tercet.payments.api.exchange import Request, Response
from tercet.payments.errors import RequestError, SessionNotFoundError
from tercet.payments.execution import Result
from tercet.payments.model import PaymentRequest

if TYPE_CHECKING:
    from tercet.payments.services import Services

_REPLAYED: Final = {"Idempotent-Replayed": "true"}


def create(request: Request, services: Services) -> Response:
    """Make a payment."""
    key = parameters.idempotency_key(request)
    wanted = bodies.payment_request(request)
    if wanted.session_id is not None:
        # First: a repetition gets its first answer, whatever has become of the session.
        if earlier := services.processor.earlier(request.caller, key, wanted):
            return _response(earlier, 201, "card_declined")
        _check_session(request.merchant, wanted.session_id, wanted, services)
    return _response(services.processor.create(request.caller, key, wanted), 201, "card_declined")


def retrieve(request: Request, services: Services) -> Response:
    """Give a payment as it is now."""
    found = services.store.find(request.merchant, parameters.payment_id(request))
    return Response(200, presentation.payment(found.payment))


def list_all(request: Request, services: Services) -> Response:
    """Give a page of the merchant's payments, the newest first."""
    limit = parameters.limit(request)
    found = services.store.payments(request.merchant, limit=limit + 1, before_id=parameters.after_payment(request))
    return Response(200, presentation.page(found, limit, presentation.payment))


def capture(request: Request, services: Services) -> Response:
    """Capture what was authorized."""
    payment_id = parameters.payment_id(request)
    key = parameters.idempotency_key(request)
    wanted = bodies.capture_request(request)
    result = services.processor.capture(
        request.caller, key, payment_id, amount_minor=wanted.amount_minor, final=wanted.final
    )
    return _response(result, 200, "operation_declined")


def void(request: Request, services: Services) -> Response:
    """Release an authorization."""
    payment_id = parameters.payment_id(request)
    key = parameters.idempotency_key(request)
    bodies.empty(request)
    return _response(services.processor.void(request.caller, key, payment_id), 200, "operation_declined")


def refund(request: Request, services: Services) -> Response:
    """Give back what was captured."""
    payment_id = parameters.payment_id(request)
    key = parameters.idempotency_key(request)
    amount_minor = bodies.refund_request(request)
    result = services.processor.refund(request.caller, key, payment_id, amount_minor=amount_minor)
    return _response(result, 200, "operation_declined")


def events(request: Request, services: Services) -> Response:
    """Give a page of what has happened to a payment, in order."""
    payment_id = parameters.payment_id(request)
    limit, after = parameters.limit(request), parameters.after_sequence(request)
    # No events may be no payment, or the end of the list.
    services.store.find(request.merchant, payment_id)
    found = services.store.events(request.merchant, payment_id, limit=limit + 1, after_sequence=after)
    return Response(200, presentation.page(found, limit, presentation.event))


def _response(result: Result, done: int, code: str) -> Response:
    """Answer what became of an operation.

    Parameters
    ----------
    done
        The status if it was done.
    code
        The envelope's code if it was declined.
    """
    headers = _REPLAYED if result.is_replay else {}
    shown = result.answer.payment
    if result.is_running:
        return Response(202, presentation.payment(shown), headers)
    if result.answer.declined is None:
        return Response(done, presentation.payment(shown), headers)
    told = presentation.failure(result.answer.declined)
    raise RequestError(
        402,
        code,
        told["message"],
        kind="card_error",
        headers=headers,
        details={"decline_code": told["code"], "payment_id": shown.id},
    )


def _check_session(merchant: str, session_id: str, wanted: PaymentRequest, services: Services) -> None:
    """Refuse a session that this payment cannot complete. That it completes it once is up to the database."""
    try:
        session = services.sessions.get(merchant, session_id)
    except SessionNotFoundError as error:
        # Not 404: it is the body that is wrong, and the path is there.
        raise RequestError(422, "session_not_found", "There is no such session.", param="session_id") from error
    if session.status != "open":
        raise RequestError(
            409, "session_not_open", f"The session is {session.status}: it cannot be paid.", param="session_id"
        )
    if (session.amount_minor, session.currency) != (wanted.amount_minor, wanted.currency):
        raise RequestError(
            422,
            "session_mismatch",
            "The session is for another amount or currency. Ask for what the session says.",
            param="session_id",
        )
