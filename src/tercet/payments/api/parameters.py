"""Reads a request's parameters: of its path, its query and its headers."""

from __future__ import annotations

import re
from typing import Final

from tercet.payments.api.card_data import refuse_card_number
from tercet.payments.api.exchange import Request
from tercet.payments.errors import PaymentNotFoundError, RequestError, SessionNotFoundError
from tercet.payments.ledger import MERCHANT_ACCOUNTS, Account
from tercet.payments.model import PAYMENT_ID, SESSION_ID

DEFAULT_LIMIT: Final = 10
MAX_LIMIT: Final = 100

ENTRY_ID: Final = re.compile(r"(op_[0-9a-f]{32})_([1-9][0-9]{0,8})")
SEQUENCE: Final = re.compile(r"[0-9]{1,9}")
IDEMPOTENCY_KEY: Final = re.compile(r"[!-~]{1,255}")

_KEY_HEADER: Final = "Idempotency-Key"


def idempotency_key(request: Request) -> str:
    """Read the ``Idempotency-Key`` header.

    Raises
    ------
    RequestError
        It is missing, given twice, not 1 to 255 visible ASCII characters, or looks like a card number.
    """
    values = request.headers.get(_KEY_HEADER.lower(), ())
    if not values:
        raise RequestError(400, "idempotency_key_missing", "Give an Idempotency-Key header.", param=_KEY_HEADER)
    if len(values) > 1 or not IDEMPOTENCY_KEY.fullmatch(values[0]):
        raise RequestError(
            400,
            "idempotency_key_invalid",
            "Give one Idempotency-Key header of 1 to 255 visible ASCII characters.",
            param=_KEY_HEADER,
        )
    refuse_card_number(values[0], _KEY_HEADER)
    return values[0]


def payment_id(request: Request) -> str:
    """Read the path's payment id.

    Raises
    ------
    PaymentNotFoundError
        It is no such id: the same answer as for one that is not there.
    """
    value = request.path.get("payment_id", "")
    if not PAYMENT_ID.fullmatch(value):
        raise PaymentNotFoundError("The path names no payment.")
    return value


def session_id(request: Request) -> str:
    """Read the path's session id.

    Raises
    ------
    SessionNotFoundError
        It is no such id: the same answer as for one that is not there.
    """
    value = request.path.get("session_id", "")
    if not SESSION_ID.fullmatch(value):
        raise SessionNotFoundError("The path names no session.")
    return value


def account(request: Request) -> Account:
    """Read the path's account.

    Raises
    ------
    RequestError
        It is none of the accounts that a merchant has.
    """
    value = request.path.get("account", "")
    if value not in MERCHANT_ACCOUNTS:
        known = " and ".join(sorted(f"`{each}`" for each in MERCHANT_ACCOUNTS))
        raise RequestError(404, "account_not_found", f"A merchant's accounts are {known}.", param="account")
    return Account(value)


def limit(request: Request) -> int:
    """Read how many objects a page may have.

    Raises
    ------
    RequestError
        It is no integer from 1 to 100.
    """
    value = request.query.get("limit")
    if value is None:
        return DEFAULT_LIMIT
    if not re.fullmatch("[1-9][0-9]{0,2}", value) or int(value) > MAX_LIMIT:
        raise _invalid("limit", f"an integer from 1 to {MAX_LIMIT}")
    return int(value)


def after_payment(request: Request) -> str | None:
    """Read the id of the payment after which the list goes on; ``None`` for its beginning.

    Raises
    ------
    RequestError
        It is no id of a payment.
    """
    value = request.query.get("starting_after")
    if value is not None and not PAYMENT_ID.fullmatch(value):
        raise _invalid("starting_after", "the `id` of a payment")
    return value


def after_entry(request: Request) -> tuple[str, int] | None:
    """Read operation and line of the entry after which the list goes on; ``None`` for its beginning.

    Raises
    ------
    RequestError
        It is no id of an entry.
    """
    value = request.query.get("starting_after")
    if value is None:
        return None
    match = ENTRY_ID.fullmatch(value)
    if not match:
        raise _invalid("starting_after", "the `id` of an entry")
    return match[1], int(match[2])


def after_sequence(request: Request) -> int:
    """Read the number of the event after which the list goes on; 0 for its beginning.

    Raises
    ------
    RequestError
        It is no number of an event.
    """
    value = request.query.get("starting_after", "0")
    if not SEQUENCE.fullmatch(value):
        raise _invalid("starting_after", "the `sequence` of an event")
    return int(value)


def _invalid(param: str, expected: str) -> RequestError:
    return RequestError(400, "invalid_parameter", f"{param} must be {expected}.", param=param)
