"""Checks a request to make a payment, whatever API Gateway has checked before: the document and the code may drift."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tercet.payments.card_numbers import contains_card_number
from tercet.payments.currencies import EXPONENTS
from tercet.payments.errors import RequestError
from tercet.payments.model import PaymentRequest

MAX_BODY_BYTES: Final = 8_192
"""What the firewall admits too (``SizeRestrictions_BODY``, "AWS Managed Rules rule groups list", AWS WAF guide)."""

MAX_AMOUNT_MINOR: Final = 99_999_999
MAX_METADATA_KEYS: Final = 20
MAX_METADATA_KEY_LENGTH: Final = 40
MAX_METADATA_VALUE_LENGTH: Final = 500

_IDEMPOTENCY_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
_CARD_TOKEN: Final = re.compile(r"tok_[A-Za-z0-9_]{3,64}")
_FIELDS: Final = frozenset({"amount_minor", "currency", "card_token", "capture", "metadata"})


def idempotency_key(headers: Mapping[str, Any]) -> str:
    """Read the ``Idempotency-Key`` header from a proxy event's ``multiValueHeaders``.

    Raises
    ------
    RequestError
        It is missing, given twice, not 1 to 255 visible ASCII characters, or looks like a card number.
    """
    values = [value for name, given in headers.items() if name.lower() == "idempotency-key" for value in given]
    if not values:
        raise RequestError(400, "idempotency_key_missing", "Give an Idempotency-Key header.", param="Idempotency-Key")
    if len(values) > 1 or not _IDEMPOTENCY_KEY.fullmatch(values[0]):
        raise RequestError(
            400,
            "idempotency_key_invalid",
            "Give one Idempotency-Key header of 1 to 255 visible ASCII characters.",
            param="Idempotency-Key",
        )
    key = str(values[0])
    _refuse_card_number(key, "Idempotency-Key")
    return key


def payment_request(body: str | None, *, is_base64: bool) -> PaymentRequest:
    """Read the body of a request to make a payment.

    Raises
    ------
    RequestError
        With status 413 if it is too large, else with status 400; it never repeats what the caller sent.
    """
    fields = _json_object(_text(body or "", is_base64))
    for param, text in _strings(fields):
        _refuse_card_number(text, param)
        _refuse_surrogates(text, param)
    if fields.keys() - _FIELDS:
        raise RequestError(
            400, "parameter_unknown", f"The body holds an unknown field. Allowed are {', '.join(sorted(_FIELDS))}."
        )
    return PaymentRequest(
        amount_minor=_amount_minor(fields.get("amount_minor")),
        currency=_currency(fields.get("currency")),
        card_token=_card_token(fields.get("card_token")),
        capture=_capture(fields.get("capture", True)),
        metadata=_metadata(fields.get("metadata", {})),
    )


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
        raise RequestError(400, "body_invalid", "The body must be a JSON object.")
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
    return RequestError(400, "body_invalid", "The body must be JSON in UTF-8, with no name given twice.")


def _strings(fields: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
    """Yield every string of the body, names too, with the top-level field that holds it."""
    for name, value in fields.items():
        yield None, name
        param = name if name in _FIELDS else None
        pending = [value]
        while pending:
            each = pending.pop()
            if isinstance(each, dict):
                pending += [*each.keys(), *each.values()]
            elif isinstance(each, list):
                pending += each
            elif isinstance(each, str | int | float) and not isinstance(each, bool):
                yield param, each if isinstance(each, str) else repr(each)


def _refuse_card_number(text: str, param: str | None) -> None:
    if contains_card_number(text):
        raise RequestError(
            400,
            "card_number_refused",
            "The request holds 13 to 19 digits that may be a card number, and was not kept. Send a card token. One in"
            " ten other numbers of that length looks like one by chance: put a letter into it, or use a UUID.",
            param=param,
        )


def _refuse_surrogates(text: str, param: str | None) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RequestError(400, "parameter_invalid", "A text holds half a character.", param=param) from error


def _amount_minor(value: Any) -> int:
    # A bool is an int to Python, and 1.0 is a float to JSON's readers: only a plain integer is an amount.
    if type(value) is int and 1 <= value <= MAX_AMOUNT_MINOR:
        return value
    raise _invalid("amount_minor", f"an integer from 1 to {MAX_AMOUNT_MINOR}, in the currency's minor unit")


def _currency(value: Any) -> str:
    if isinstance(value, str) and value in EXPONENTS:
        return value
    raise _invalid("currency", "an ISO 4217 code in capitals, such as USD")


def _card_token(value: Any) -> str:
    if isinstance(value, str) and _CARD_TOKEN.fullmatch(value):
        return value
    raise _invalid("card_token", "a card token, such as tok_visa")


def _capture(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise _invalid("capture", "true or false")


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
    return RequestError(400, "parameter_invalid", f"{param} must be {expected}.", param=param)
