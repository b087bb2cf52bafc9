"""A merchant's view of the API: requests as API Gateway passes them on, answers checked against the document."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tercet.payments.api.routes import ROUTES
from tercet.payments.configuration import Configuration
from tercet.payments.handlers import api
from tercet.payments.metrics import Metrics
from tercet.payments.processor import Processor
from tercet.payments.sessions import Sessions
from tercet.payments.store import Store
from tests.payments.api.document import check_answer
from tests.payments.world import World

SCOPES = "payments/read payments/write payments/refund payments/notify"
NOBODYS_PAYMENT = "pay_" + "0" * 32
NOBODYS_SESSION = "ses_" + "0" * 32


class Context:
    """Lambda's context object."""

    aws_request_id = "invocation-1"

    def __init__(self, remaining_s: float = 25.0) -> None:
        self._remaining_s = remaining_s

    def get_remaining_time_in_millis(self) -> int:
        return int(self._remaining_s * 1000)


@dataclass
class Parts:
    """What the handler takes from its services."""

    configuration: Configuration
    processor: Processor
    store: Store
    sessions: Sessions
    metrics: Metrics


@dataclass(frozen=True)
class Answer:
    """What a caller gets."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        return dict(json.loads(self.text))

    @property
    def error(self) -> dict[str, Any]:
        return dict(self.body["error"])

    @property
    def code(self) -> str:
        return str(self.error["code"])

    @property
    def is_replay(self) -> bool:
        return self.headers.get("Idempotent-Replayed") == "true"


class Platform:
    """The API over a world with everything real in it.

    Parameters
    ----------
    parts
        What the handler works with; tests may exchange one.
    """

    def __init__(self, world: World, parts: Parts) -> None:
        self.world = world
        self.parts = parts
        self.context = Context()
        self._numbers = itertools.count(1)

    def call(
        self,
        operation_id: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str | list[str]] | None = None,
        body: object = None,
        key: str | None = "",
        merchant: str | None = "acme",
        scopes: str = SCOPES,
        is_base64: bool = False,
        headers: Mapping[str, list[str]] | None = None,
    ) -> Answer:
        """Ask for an operation.

        Parameters
        ----------
        body
            A text is sent as it is, everything else as JSON; ``None`` is no body.
        key
            Idempotency key; by default a new one, and ``None`` for no header.
        """
        route = next(each for each in ROUTES if each.operation_id == operation_id)
        keys = {} if key is None else {"Idempotency-Key": [key or f"unused-{next(self._numbers)}"]}
        return self.send(
            route.method,
            route.path,
            path=path,
            query=query,
            body=body,
            merchant=merchant,
            scopes=scopes,
            is_base64=is_base64,
            headers={**(keys if route.method == "POST" else {}), **(headers or {})},
        )

    def send(
        self,
        method: str,
        resource: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str | list[str]] | None = None,
        body: object = None,
        merchant: str | None = "acme",
        scopes: str = SCOPES,
        is_base64: bool = False,
        headers: Mapping[str, list[str]] | None = None,
    ) -> Answer:
        """Send a proxy event, and check the answer against the document."""
        claims = {"client_id": merchant, "scope": scopes, "token_use": "access"}
        many = {name: each if isinstance(each, list) else [each] for name, each in (query or {}).items()}
        request_id = f"request-{next(self._numbers)}"
        event = {
            "resource": resource,
            "path": resource.format_map(path or {}) if path else resource,
            "httpMethod": method,
            "headers": {name: values[-1] for name, values in (headers or {}).items()},
            "multiValueHeaders": dict(headers or {}),
            "queryStringParameters": {name: each[-1] for name, each in many.items()} or None,
            "multiValueQueryStringParameters": many or None,
            "pathParameters": dict(path) if path else None,
            "requestContext": {
                "requestId": request_id,
                "authorizer": {"claims": claims} if merchant is not None else None,
            },
            "body": body if isinstance(body, str | None) else json.dumps(body),
            "isBase64Encoded": is_base64,
        }
        given = api.handler(event, self.context)
        check_answer(method, resource, given)
        answer = Answer(given["statusCode"], given["headers"], given["body"])
        assert answer.headers["Request-Id"] == request_id
        if "error" in answer.body:
            assert answer.error["request_id"] == request_id
        return answer

    def pay(self, key: str | None = "", *, merchant: str = "acme", **fields: object) -> Answer:
        """Ask for a payment."""
        body = {"amount_minor": 1999, "currency": "EUR", "card_token": "tok_visa", **fields}
        return self.call("createPayment", body=body, key=key, merchant=merchant)

    def on(
        self, payment_id: str, what: str, key: str | None = "", *, merchant: str = "acme", **fields: object
    ) -> Answer:
        """Ask for a capture, refund or void."""
        return self.call(f"{what}Payment", path={"payment_id": payment_id}, body=fields, key=key, merchant=merchant)

    def show(self, payment_id: str, *, merchant: str = "acme") -> Answer:
        """Ask for a payment as it is now."""
        return self.call("getPayment", path={"payment_id": payment_id}, merchant=merchant)

    def open_session(self, key: str | None = "", *, merchant: str = "acme", **fields: object) -> Answer:
        """Ask for a session."""
        body = {"amount_minor": 1999, "currency": "EUR", **fields}
        return self.call("createSession", body=body, key=key, merchant=merchant)

    def notify(self, payment_id: str, kind: str) -> Answer:
        """Send what the acquirer sends."""
        return self.call(
            "receiveCallback", body={"payment_id": payment_id, "kind": kind}, key=None, merchant="the-acquirer"
        )

    def walk(self, operation_id: str, cursor: str, *, limit: int, merchant: str = "acme", **path: str) -> list[Any]:
        """Follow a list to its end; ``cursor`` names the member that the next page starts after."""
        found: list[Any] = []
        query: dict[str, str | list[str]] = {"limit": str(limit)}
        for _ in range(1000):
            page = self.call(operation_id, path=path, query=query, merchant=merchant).body
            found += page["data"]
            if not page["has_more"]:
                return found
            assert len(page["data"]) == limit
            query["starting_after"] = str(page["data"][-1][cursor])
        raise AssertionError("The list does not end.")
