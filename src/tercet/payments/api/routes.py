"""Every operation of the API: where it is found, which scope it needs, and which function does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tercet.payments.api import accounts, callbacks, checkout, payments
from tercet.payments.api.exchange import Request, Response

if TYPE_CHECKING:
    from tercet.payments.services import Services

READ: Final = "payments/read"
WRITE: Final = "payments/write"
REFUND: Final = "payments/refund"
NOTIFY: Final = "payments/notify"

_PAGE: Final = frozenset({"limit", "starting_after"})


@dataclass(frozen=True)
class Route:
    """One operation.

    Parameters
    ----------
    operation_id
        Its ``operationId`` in the document.
    method, path
        Where it is found; the path is a template.
    scope
        What the access token must allow; ``None`` if none is needed.
    action
        What does it.
    query
        The query parameters that it knows.
    """

    operation_id: str
    method: str
    path: str
    scope: str | None
    action: Callable[[Request, Services], Response]
    query: frozenset[str] = frozenset()


def _health(_request: Request, services: Services) -> Response:
    """Say that the function runs and is configured; it does not ask the services that it depends on."""
    return Response(200, {"status": "ok", "environment": services.configuration.environment, "check": "shallow"})


ROUTES: Final = (
    Route("getHealth", "GET", "/v1/health", None, _health),
    Route("createPayment", "POST", "/v1/payments", WRITE, payments.create),
    Route("listPayments", "GET", "/v1/payments", READ, payments.list_all, _PAGE),
    Route("getPayment", "GET", "/v1/payments/{payment_id}", READ, payments.retrieve),
    Route("capturePayment", "POST", "/v1/payments/{payment_id}/capture", WRITE, payments.capture),
    Route("voidPayment", "POST", "/v1/payments/{payment_id}/void", WRITE, payments.void),
    Route("refundPayment", "POST", "/v1/payments/{payment_id}/refund", REFUND, payments.refund),
    Route("listPaymentEvents", "GET", "/v1/payments/{payment_id}/events", READ, payments.events, _PAGE),
    Route("listEntries", "GET", "/v1/accounts/{account}/entries", READ, accounts.entries, _PAGE),
    Route("listBalances", "GET", "/v1/accounts/{account}/balances", READ, accounts.balances),
    Route("createSession", "POST", "/v1/sessions", WRITE, checkout.create),
    Route("getSession", "GET", "/v1/sessions/{session_id}", READ, checkout.retrieve),
    Route("expireSession", "POST", "/v1/sessions/{session_id}/expire", WRITE, checkout.expire),
    Route("receiveCallback", "POST", "/v1/acquirer/callbacks", NOTIFY, callbacks.receive),
)

_BY_PLACE: Final = {(route.method, route.path): route for route in ROUTES}


def find(method: str, path: str) -> Route | None:
    """Find the operation of a method on a path's template."""
    return _BY_PLACE.get((method, path))
