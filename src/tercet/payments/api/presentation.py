"""Lays out what callers get: the objects of the API, each with nothing in it that is not theirs to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tercet.payments.currencies import EXPONENTS
from tercet.payments.ledger import Account, Entry
from tercet.payments.model import FAILURES, Event, Payment

if TYPE_CHECKING:
    from tercet.payments.sessions import Session

_Shown = TypeVar("_Shown")

_SHOWN_OF_EVENT: Final = (
    "state",
    "currency",
    "amount_minor",
    "captured_minor",
    "refunded_minor",
    "settled_minor",
    "operation_amount_minor",
    "session_id",
)


def payment(shown: Payment) -> dict[str, Any]:
    """Lay out a payment: never the acquirer's reference, the card's token, or what the acquirer thinks of the risk."""
    return {
        "id": shown.id,
        "object": "payment",
        "state": str(shown.state),
        "amount_minor": shown.amount_minor,
        "captured_minor": shown.captured_minor,
        "refunded_minor": shown.refunded_minor,
        "settled_minor": shown.settled_minor,
        "currency": shown.currency,
        "exponent": EXPONENTS[shown.currency],
        "capture": shown.capture,
        "metadata": dict(shown.metadata),
        "session_id": shown.session_id,
        "failure": failure(shown.failure_code) if shown.failure_code else None,
        "next_action": {"type": "redirect", "url": shown.next_action_url} if shown.next_action_url else None,
        "created_at": iso(shown.created_at_ms),
    }


def failure(code: str) -> dict[str, str]:
    """Tell why something was refused; a code that is not the merchant's to know is told as ``card_declined``."""
    told = code if code in FAILURES else next(iter(FAILURES))
    return {"code": told, "message": FAILURES[told]}


def session(shown: Session) -> dict[str, Any]:
    """Lay out a session."""
    return {
        "id": shown.id,
        "object": "session",
        "status": str(shown.status),
        "amount_minor": shown.amount_minor,
        "currency": shown.currency,
        "exponent": EXPONENTS[shown.currency],
        "metadata": dict(shown.metadata),
        "payment_id": shown.payment_id,
        "created_at": iso(shown.created_at_ms),
        "expires_at": iso(shown.expires_at_ms),
    }


def event(shown: Event) -> dict[str, Any]:
    """Lay out an event of a payment."""
    currency = str(shown.detail["currency"])
    code = shown.detail.get("failure_code")
    return {
        "id": shown.id,
        "object": "event",
        "type": shown.kind,
        "payment_id": shown.payment_id,
        "sequence": shown.sequence,
        "data": {
            **{name: shown.detail.get(name) for name in _SHOWN_OF_EVENT},
            "failure_code": failure(str(code))["code"] if code else None,
            "exponent": EXPONENTS[currency],
        },
        "request_id": shown.detail.get("correlation_id"),
        "created_at": iso(shown.created_at_ms),
    }


def entry(shown: Entry) -> dict[str, Any]:
    """Lay out a ledger entry as the merchant counts it: positive is what we owe it."""
    return {
        "id": f"{shown.operation_id}_{shown.line}",
        "object": "entry",
        "account": str(shown.account),
        "amount_minor": -shown.amount_minor,
        "currency": shown.currency,
        "exponent": EXPONENTS[shown.currency],
        "payment_id": shown.payment_id,
        "operation_id": shown.operation_id,
        "request_id": shown.correlation_id,
        "created_at": iso(shown.created_at_ms),
    }


def balance(account: Account, currency: str, sum_minor: int) -> dict[str, Any]:
    """Lay out a balance as the merchant counts it.

    Parameters
    ----------
    sum_minor
        The sum of the account's entries in this currency, debits positive.
    """
    return {
        "object": "balance",
        "account": str(account),
        "amount_minor": -sum_minor,
        "currency": currency,
        "exponent": EXPONENTS[currency],
    }


def page(found: Sequence[_Shown], limit: int, lay_out: Callable[[_Shown], Mapping[str, Any]]) -> dict[str, Any]:
    """Lay out a page of a list.

    Parameters
    ----------
    found
        What the page holds, and one object more if there is one.
    """
    return listing([lay_out(each) for each in found[:limit]], has_more=len(found) > limit)


def listing(data: Sequence[Mapping[str, Any]], *, has_more: bool) -> dict[str, Any]:
    """Lay out a list."""
    return {"object": "list", "data": list(data), "has_more": has_more}


def iso(time_ms: int) -> str:
    """Write milliseconds since 1970 as RFC 3339, in UTC and to the millisecond."""
    return f"{datetime.fromtimestamp(time_ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}.{time_ms % 1000:03d}Z"
