"""The API's Lambda handler: API Gateway's REST proxy events in, one error envelope out.

What is known at each point decides the answer. Before the write nothing has happened. A write without an answer may
have happened: ``503``, and the same key is safe to repeat. After the write the payment exists: the answer is ``201``
whatever becomes of its events, which the outbox holds. Everything else is a defect and is raised, so that Lambda counts
and API Gateway reports it; repeating the key is safe then, too.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tercet.payments import outbox, validation
from tercet.payments.errors import PaymentNotFoundError, RequestError, StoreUnavailableError
from tercet.payments.logs import log
from tercet.payments.model import PAYMENT_ID, Payment, PaymentRequest, State, new_payment_id
from tercet.payments.services import Services, services
from tercet.payments.sessions import iso

RETRY_AFTER_S: Final = 1


@dataclass(frozen=True)
class _Response:
    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request, given as API Gateway's Lambda proxy event (payload format 1.0)."""
    request_id = (event.get("requestContext") or {}).get("requestId") or context.aws_request_id
    try:
        response = _route(event)
    except RequestError as error:
        response = _refusal(error, request_id)
    except StoreUnavailableError as error:
        log("store_unavailable", request_id=request_id, cause=str(error))
        response = _refusal(
            RequestError(
                503,
                "try_again",
                "The request could not be completed; it may or may not have had effect. Repeat it with the same key.",
                kind="api_error",
                headers={"Retry-After": str(RETRY_AFTER_S)},
            ),
            request_id,
        )
    code = response.body["error"]["code"] if "error" in response.body else None
    log("request_answered", request_id=request_id, status=response.status, code=code)
    return {
        "statusCode": response.status,
        "headers": {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            **response.headers,
        },
        "body": json.dumps(response.body, separators=(",", ":")),
        "isBase64Encoded": False,
    }


def _route(event: Mapping[str, Any]) -> _Response:
    methods = _ROUTES.get(event.get("resource") or "")
    if methods is None:
        raise RequestError(404, "route_unknown", "There is no such path.")
    action = methods.get(event.get("httpMethod") or "")
    if action is None:
        allowed = ", ".join(sorted(methods))
        raise RequestError(405, "method_not_allowed", f"This path takes {allowed} only.", headers={"Allow": allowed})
    return action(event, services())


def _health(_event: Mapping[str, Any], available: Services) -> _Response:
    """Say that the function runs and is configured; it does not ask the services that it depends on."""
    return _Response(200, {"status": "ok", "environment": available.configuration.environment, "check": "shallow"})


def _create_payment(event: Mapping[str, Any], available: Services) -> _Response:
    merchant = _merchant(event)
    key = validation.idempotency_key(event.get("multiValueHeaders") or {})
    request = validation.payment_request(event.get("body"), is_base64=bool(event.get("isBase64Encoded")))
    payment = _new_payment(merchant, key, request)
    stored = available.sessions.create(payment)
    if stored.id == payment.id:
        log("payment_created", payment_id=payment.id)
        outbox.drain(payment, available.sessions, available.publisher)
        return _Response(201, payment.public(State.REQUESTED))
    if stored.fingerprint != payment.fingerprint:
        raise RequestError(
            422,
            "idempotency_key_reused",
            "This Idempotency-Key was used for another request. Use a new key for a new payment.",
            kind="idempotency_error",
            param="Idempotency-Key",
        )
    # The first answer again, not today's state: a repetition is indistinguishable from the answer that got lost.
    return _Response(201, stored.public(State.REQUESTED), {"Idempotent-Replayed": "true"})


def _get_payment(event: Mapping[str, Any], available: Services) -> _Response:
    merchant = _merchant(event)
    wanted = str((event.get("pathParameters") or {}).get("payment_id", ""))
    if not PAYMENT_ID.fullmatch(wanted):
        raise _no_such_payment()
    try:
        payment = available.sessions.get(wanted)
    except PaymentNotFoundError as error:
        raise _no_such_payment() from error
    if payment.merchant != merchant:
        raise _no_such_payment()
    return _Response(200, payment.public(payment.state))


_Action = Callable[[Mapping[str, Any], Services], _Response]
_ROUTES: Final[Mapping[str, Mapping[str, _Action]]] = {
    "/v1/health": {"GET": _health},
    "/v1/payments": {"POST": _create_payment},
    "/v1/payments/{payment_id}": {"GET": _get_payment},
}


def _merchant(event: Mapping[str, Any]) -> str:
    """Take the merchant from the verified access token, and from nowhere else."""
    claims = ((event.get("requestContext") or {}).get("authorizer") or {}).get("claims") or {}
    merchant = claims.get("client_id")
    if not isinstance(merchant, str) or not merchant:
        raise RequestError(
            401, "access_token_missing", "Give an access token of a merchant.", kind="authentication_error"
        )
    return merchant


def _new_payment(merchant: str, key: str, request: PaymentRequest) -> Payment:
    payment = Payment(
        id=new_payment_id(merchant, key),
        merchant=merchant,
        amount_minor=request.amount_minor,
        currency=request.currency,
        capture=request.capture,
        metadata=request.metadata,
        state=State.REQUESTED,
        fingerprint=request.fingerprint(),
        created_at=iso(time.time()),
        card_token=request.card_token,
    )
    return replace(payment, unpublished=(payment.event(State.REQUESTED),), events_written=1)


def _no_such_payment() -> RequestError:
    """Make the same answer for a payment that is not there, has expired, or is another merchant's."""
    return RequestError(404, "payment_not_found", "There is no such payment.", param="payment_id")


def _refusal(error: RequestError, request_id: str) -> _Response:
    envelope = {
        "type": error.kind,
        "code": error.code,
        "message": str(error),
        "param": error.param,
        "request_id": request_id,
    }
    return _Response(error.status, {"error": envelope}, error.headers)
