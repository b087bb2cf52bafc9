"""The API's Lambda handler: API Gateway's REST proxy events in, one error envelope out.

What is known at each point decides the answer. Before an operation has begun nothing has happened. What the acquirer
does not answer is ``202``: it goes on, and the same key asks for its outcome. A database that does not answer is
``503``, and the same key is safe to repeat. Everything that the document does not know is a defect and is raised, so
that Lambda counts and API Gateway reports it; repeating the key is safe then, too.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tercet.payments.api.card_data import refuse_card_number
from tercet.payments.api.exchange import Request, Response
from tercet.payments.api.refusals import ANSWERED, refusal
from tercet.payments.api.routes import Route, find
from tercet.payments.deadline import Deadline
from tercet.payments.errors import RequestError
from tercet.payments.logs import bound, log
from tercet.payments.services import services

KEEP_S: Final = 10
"""Seconds of an invocation that are kept for what follows the acquirer's answer: writing it down, and publishing. What
is left is less than :data:`tercet.payments.execution.LEASE_MS`."""

_LONGEST_ID: Final = 80
_LONGEST_MERCHANT: Final = 128
"""What the database's columns hold."""


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request.

    Parameters
    ----------
    event
        API Gateway's Lambda proxy event (payload format 1.0).

    Returns
    -------
    dict
        A proxy response; its header ``Request-Id`` is the correlation id of all that the request has caused.
    """
    start = time.perf_counter()
    request_id = _request_id(event, context)
    route = find(str(event.get("httpMethod")), str(event.get("resource")))
    with bound(correlation_id=request_id):
        try:
            response = _answer(route, event, context, request_id)
        except ANSWERED as error:
            response = refusal(error, request_id)
            if response.status >= 500:
                log("request_failed", cause=f"{type(error).__name__}: {error}")
        log(
            "request_answered",
            method=route.method if route else None,
            resource=route.path if route else None,
            status=response.status,
            code=_code(response.body.get("error")),
            ms=round((time.perf_counter() - start) * 1000),
        )
    return _proxy_response(response, request_id)


def _answer(route: Route | None, event: Mapping[str, Any], context: Any, request_id: str) -> Response:
    if route is None:
        # As API Gateway answers it, which lets nothing come here that the document does not know.
        raise RequestError(
            404, "no_such_operation", "There is no such path or method. Compare it with the API's document."
        )
    request = _request(route, event, context, request_id)
    available = services()
    try:
        return route.action(request, available)
    finally:
        available.metrics.flush()


def _request(route: Route, event: Mapping[str, Any], context: Any, request_id: str) -> Request:
    merchant = _merchant(event, route.scope) if route.scope else ""
    path = {name: str(value) for name, value in (event.get("pathParameters") or {}).items()}
    for name, value in path.items():
        refuse_card_number(value, name)
    return Request(
        request_id=request_id,
        merchant=merchant,
        deadline=Deadline.of_invocation(context, keep_s=KEEP_S),
        path=path,
        query=_query(event, route.query),
        headers=_headers(event),
        body=event.get("body"),
        is_base64=bool(event.get("isBase64Encoded")),
    )


def _query(event: Mapping[str, Any], known: frozenset[str]) -> dict[str, str]:
    """Read the query's parameters.

    Raises
    ------
    RequestError
        One is unknown, given twice, or holds a card number.
    """
    given: Mapping[str, Sequence[str]] = event.get("multiValueQueryStringParameters") or {}
    for name, values in given.items():
        for text in (name, *values):
            refuse_card_number(text, name if name in known else None)
    if given.keys() - known:
        allowed = f"Allowed are {', '.join(sorted(known))}." if known else "This operation has none."
        raise RequestError(400, "unknown_parameter", f"The query holds an unknown parameter. {allowed}")
    for name, values in given.items():
        if len(values) != 1:
            raise RequestError(400, "invalid_parameter", f"Give {name} once.", param=name)
    return {name: values[0] for name, values in given.items()}


def _headers(event: Mapping[str, Any]) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, values in (event.get("multiValueHeaders") or {}).items():
        headers.setdefault(name.lower(), []).extend(values)
    return headers


def _merchant(event: Mapping[str, Any], scope: str) -> str:
    """Take the merchant from the verified access token, and from nowhere else.

    Raises
    ------
    RequestError
        There is no such token, or it does not allow the operation.
    """
    claims = ((event.get("requestContext") or {}).get("authorizer") or {}).get("claims") or {}
    merchant = claims.get("client_id")
    if not _is_id(merchant, _LONGEST_MERCHANT):
        raise RequestError(
            401,
            "unauthorized",
            "Give an access token of a merchant.",
            kind="authentication_error",
            headers={"WWW-Authenticate": "Bearer"},
        )
    if scope not in str(claims.get("scope", "")).split():
        raise RequestError(
            403,
            "insufficient_scope",
            f"The access token lacks the scope {scope}. Get one that has it.",
            kind="permission_error",
        )
    return str(merchant)


def _code(error: Mapping[str, str] | None) -> str | None:
    """Tell from the envelope why it failed; of a declined card, why it was declined."""
    return error.get("decline_code", error["code"]) if error else None


def _request_id(event: Mapping[str, Any], context: Any) -> str:
    given = (event.get("requestContext") or {}).get("requestId")
    return str(given if _is_id(given, _LONGEST_ID) else context.aws_request_id)


def _is_id(value: object, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest and value.isascii() and value.isprintable()


def _proxy_response(response: Response, request_id: str) -> dict[str, Any]:
    return {
        "statusCode": response.status,
        "headers": {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "Request-Id": request_id,
            **response.headers,
        },
        "body": json.dumps(response.body, separators=(",", ":")),
        "isBase64Encoded": False,
    }
