"""Turns what went wrong into the one error envelope."""

from __future__ import annotations

from typing import Final

from tercet.payments.api.exchange import Response
from tercet.payments.errors import (
    AcquirerUnavailable,
    IllegalTransitionError,
    KeyInUseError,
    KeyReusedError,
    PaymentBusyError,
    PaymentNotFoundError,
    PaymentsError,
    RequestError,
    SessionInUseError,
    SessionNotFoundError,
    StoreUnavailableError,
)

RETRY_AFTER_S: Final = 1

_RETRY: Final = {"Retry-After": str(RETRY_AFTER_S)}

ANSWERED: Final = (
    RequestError,
    PaymentNotFoundError,
    SessionNotFoundError,
    IllegalTransitionError,
    PaymentBusyError,
    KeyInUseError,
    KeyReusedError,
    SessionInUseError,
    AcquirerUnavailable,
    StoreUnavailableError,
)
"""What is answered. Everything else is a defect of ours, and is raised: Lambda counts it, API Gateway answers it."""


def refusal(error: PaymentsError, request_id: str) -> Response:
    """Answer an error: one of :data:`ANSWERED`."""
    request_error = _as_request_error(error)
    envelope = {
        "type": request_error.kind,
        "code": request_error.code,
        "message": str(request_error),
        "param": request_error.param,
        "request_id": request_id,
        **request_error.details,
    }
    return Response(request_error.status, {"error": envelope}, request_error.headers)


def _as_request_error(error: PaymentsError) -> RequestError:
    if isinstance(error, RequestError):
        return error
    if isinstance(error, PaymentNotFoundError):
        # The same for a payment that is not there and one of another merchant.
        return RequestError(404, "payment_not_found", "There is no such payment.", param="payment_id")
    if isinstance(error, SessionNotFoundError):
        return RequestError(404, "session_not_found", "There is no such session.", param="session_id")
    if isinstance(error, IllegalTransitionError):
        param = "amount_minor" if error.code == "amount_too_large" else None
        return RequestError(409, error.code, str(error), param=param)
    if isinstance(error, PaymentBusyError):
        message = "Another operation on this payment is running, or its outcome is unknown yet. Repeat it later."
        return RequestError(409, "payment_busy", message, headers=_RETRY)
    if isinstance(error, SessionInUseError):
        return RequestError(409, "session_in_use", str(error), param="session_id")
    if isinstance(error, KeyInUseError):
        return RequestError(
            409,
            "idempotency_key_in_use",
            "Another request with this Idempotency-Key is running. Repeat it later.",
            kind="idempotency_error",
            param="Idempotency-Key",
            headers=_RETRY,
        )
    if isinstance(error, KeyReusedError):
        return RequestError(
            422,
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request. Use a new key for a new request.",
            kind="idempotency_error",
            param="Idempotency-Key",
        )
    return RequestError(
        503,
        "try_again",
        "The request could not be completed. Repeat it; one that had an Idempotency-Key, with the same.",
        kind="api_error",
        headers=_RETRY,
    )
