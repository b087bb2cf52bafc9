"""Reads the bodies of requests: JSON objects of known fields. No error repeats what the caller sent."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tercet.payments.api.card_data import refuse_card_number
from tercet.payments.api.exchange import Request
from tercet.payments.currencies import EXPONENTS
from tercet.payments.errors import RequestError
from tercet.payments.model import PAYMENT_ID, SESSION_ID, Kind, PaymentRequest

if TYPE_CHECKING:
    from tercet.payments.sessions import SessionRequest

MAX_BODY_BYTES: Final = 8_192
"""What the firewall admits too (``SizeRestrictions_BODY``, "AWS Managed Rules rule groups list", AWS WAF guide)."""

MAX_AMOUNT_MINOR: Final = 99_999_999
MAX_METADATA_KEYS: Final = 20
MAX_METADATA_KEY_LENGTH: Final = 40
MAX_METADATA_VALUE_LENGTH: Final = 500

CARD_TOKEN: Final = re.compile(r"tok_[A-Za-z0-9_]{3,64}")

NOTIFIABLE: Final = (Kind.AUTHENTICATE, Kind.DISPUTE, Kind.DISPUTE_WON, Kind.DISPUTE_LOST)
"""What the acquirer may notify us of."""

PAYMENT_FIELDS: Final = frozenset({"amount_minor", "currency", "card_token", "capture", "metadata", "session_id"})
CAPTURE_FIELDS: Final = frozenset({"amount_minor", "final"})
REFUND_FIELDS: Final = frozenset({"amount_minor"})
SESSION_FIELDS: Final = frozenset({"amount_minor", "currency", "metadata"})
NOTIFICATION_FIELDS: Final = frozenset({"payment_id", "kind"})


@dataclass(frozen=True)
class CaptureRequest:
    """How much to capture, ``None`` for all that is left, and whether to release the rest."""

    amount_minor: int | None
    final: bool


@dataclass(frozen=True)
class Notification:
    """What the acquirer says has happened to a payment."""

    payment_id: str
    kind: Kind


def payment_request(request: Request) -> PaymentRequest:
    """Read what a payment is to be made of.

    Raises
    ------
    RequestError
        With status 413 if the body is too large, else with status 400.
    """
    fields = _fields(request, PAYMENT_FIELDS)
    return PaymentRequest(
        amount_minor=_amount_minor(fields.get("amount_minor")),
        currency=_currency(fields.get("currency")),
        card_token=_matching("card_token", fields.get("card_token"), CARD_TOKEN, "a card token, such as tok_visa"),
        capture=_flag("capture", fields.get("capture", True)),
        metadata=_metadata(fields.get("metadata", {})),
        session_id=_session_id(fields["session_id"]) if "session_id" in fields else None,
    )


def capture_request(request: Request) -> CaptureRequest:
    """Read what is to be captured; raises as :func:`payment_request` does."""
    fields = _fields(request, CAPTURE_FIELDS)
    return CaptureRequest(_optional_amount_minor(fields), _flag("final", fields.get("final", False)))


def refund_request(request: Request) -> int | None:
    """Read how much is to be given back, ``None`` for all that is left; raises as :func:`payment_request` does."""
    return _optional_amount_minor(_fields(request, REFUND_FIELDS))


def empty(request: Request) -> None:
    """Read a body without fields; raises as :func:`payment_request` does."""
    _fields(request, frozenset())


def session_request(request: Request) -> SessionRequest:
    """Read what a session is to be made of; raises as :func:`payment_request` does."""
    from tercet.payments.sessions import SessionRequest  # brings boto3 with it, which few operations need

    fields = _fields(request, SESSION_FIELDS)
    return SessionRequest(
        amount_minor=_amount_minor(fields.get("amount_minor")),
        currency=_currency(fields.get("currency")),
        metadata=_metadata(fields.get("metadata", {})),
    )


def notification(request: Request) -> Notification:
    """Read what the acquirer says; raises as :func:`payment_request` does."""
    fields = _fields(request, NOTIFICATION_FIELDS)
    payment_id = _matching("payment_id", fields.get("payment_id"), PAYMENT_ID, "the id of a payment")
    kind = fields.get("kind")
    if isinstance(kind, str) and kind in NOTIFIABLE:
        return Notification(payment_id, Kind(kind))
    raise _invalid("kind", f"one of {', '.join(NOTIFIABLE)}")


def _fields(request: Request, allowed: frozenset[str]) -> dict[str, Any]:
    """Read a JSON object; no body at all is an empty one."""
    fields = _json_object(_text(request.body or "", request.is_base64) or "{}")
    for param, text in _strings(fields, allowed):
        refuse_card_number(text, param)
        _refuse_surrogates(text, param)
    if fields.keys() - allowed:
        known = f"Allowed are {', '.join(sorted(allowed))}." if allowed else "It may be empty, or {}."
        raise RequestError(400, "unknown_parameter", f"The body holds an unknown field. {known}")
    return fields


def _text(body: str, is_base64: bool) -> str:
    encoded = body.encode("utf-8", "surrogatepass")
    if len(encoded) > MAX_BODY_BYTES * (2 if is_base64 else 1):
        raise _too_large()
    if is_base64:
        try:
            encoded = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise _not_json() from error
    if len(encoded) > MAX_BODY_BYTES:
        raise _too_large()
    try:
        return encoded.decode()
    except UnicodeDecodeError as error:
        raise _not_json() from error


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:  # RecursionError: thousands of brackets
        raise _not_json() from error
    if not isinstance(value, dict):
        raise RequestError(400, "invalid_body", "The body must be a JSON object.")
    return value


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a name is given twice")  # two readers could disagree on which one counts
    return fields


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _too_large() -> RequestError:
    return RequestError(413, "body_too_large", f"The body must be at most {MAX_BODY_BYTES} bytes.")


def _not_json() -> RequestError:
    return RequestError(400, "invalid_body", "The body must be JSON in UTF-8, with no name given twice.")


def _strings(fields: Mapping[str, Any], allowed: frozenset[str]) -> Iterator[tuple[str | None, str]]:
    """Yield every string of the body, names and numbers too, with the top-level field that holds it."""
    for name, value in fields.items():
        yield None, name
        param = name if name in allowed else None
        pending = [value]
        while pending:
            each = pending.pop()
            if isinstance(each, dict):
                pending += [*each.keys(), *each.values()]
            elif isinstance(each, list):
                pending += each
            elif isinstance(each, str | int | float) and not isinstance(each, bool):
                yield param, each if isinstance(each, str) else repr(each)


def _refuse_surrogates(text: str, param: str | None) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RequestError(400, "invalid_parameter", "A text holds half a character.", param=param) from error


def _amount_minor(value: Any) -> int:
    # A bool is an int to Python, and 1.0 is a float to JSON's readers: only a plain integer is an amount.
    if type(value) is int and 1 <= value <= MAX_AMOUNT_MINOR:
        return value
    raise _invalid("amount_minor", f"an integer from 1 to {MAX_AMOUNT_MINOR}, in the currency's minor unit")


def _optional_amount_minor(fields: Mapping[str, Any]) -> int | None:
    return _amount_minor(fields["amount_minor"]) if "amount_minor" in fields else None


def _currency(value: Any) -> str:
    if isinstance(value, str) and value in EXPONENTS:
        return value
    raise _invalid("currency", "an ISO 4217 code in capitals, such as USD")


def _session_id(value: Any) -> str:
    return _matching("session_id", value, SESSION_ID, "the id of a session")


def _matching(param: str, value: Any, pattern: re.Pattern[str], expected: str) -> str:
    if isinstance(value, str) and pattern.fullmatch(value):
        return value
    raise _invalid(param, expected)


def _flag(param: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _invalid(param, "true or false")


def _metadata(value: Any) -> dict[str, str]:
    if (
        isinstance(value, dict)
        and len(value) <= MAX_METADATA_KEYS
        and all(1 <= len(name) <= MAX_METADATA_KEY_LENGTH for name in value)
        and all(isinstance(each, str) and len(each) <= MAX_METADATA_VALUE_LENGTH for each in value.values())
    ):
        return value
    raise _invalid(
        "metadata",
        f"an object of at most {MAX_METADATA_KEYS} texts of at most {MAX_METADATA_VALUE_LENGTH} characters,"
        f" each under a name of 1 to {MAX_METADATA_KEY_LENGTH} characters",
    )


def _invalid(param: str, expected: str) -> RequestError:
    return RequestError(400, "invalid_parameter", f"{param} must be {expected}.", param=param)
