"""Validation holds for any input, and the data it rests on is what other rooms believe it to be."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import tercet.payments
from tercet.payments import events, validation
from tercet.payments.card_numbers import contains_card_number
from tercet.payments.currencies import EXPONENTS
from tercet.payments.errors import RequestError
from tercet.payments.logs import log
from tercet.payments.model import PAYMENT_ID, State, new_payment_id, session_id, session_of
from tercet.payments.services import LONGEST_CALL_S

ROOM = Path(tercet.payments.__file__).parent
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
VALID = st.fixed_dictionaries(
    {
        "amount_minor": st.integers(1, 99_999_999),
        "currency": st.sampled_from(sorted(EXPONENTS)),
        "card_token": st.from_regex(r"tok_[a-z_]{3,64}", fullmatch=True),
    },
    optional={
        "capture": st.booleans(),
        "metadata": st.dictionaries(
            st.text("abcß日", min_size=1, max_size=40), st.text("abc é€", max_size=100), max_size=20
        ),
    },
)


def luhn_digit(digits: str) -> str:
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))]
    return str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


@given(VALID)
def test_what_is_allowed_is_taken_as_it_is(fields):
    request = validation.payment_request(json.dumps(fields), is_base64=False)
    assert (request.amount_minor, request.currency) == (fields["amount_minor"], fields["currency"])
    assert request.metadata == fields.get("metadata", {})
    assert request.capture is fields.get("capture", True)
    assert request.fingerprint() == validation.payment_request(json.dumps(fields), is_base64=False).fingerprint()


@given(VALID, st.sampled_from(["amount_minor", "currency", "card_token", "metadata", "capture"]), JSON)
def test_anything_else_is_refused_by_a_request_error_and_nothing_worse(fields, name, value):
    body = json.dumps({**fields, name: value})
    try:
        request = validation.payment_request(body, is_base64=False)
    except RequestError as error:
        assert error.status == 400
        return
    assert type(request.amount_minor) is int
    assert 1 <= request.amount_minor <= 99_999_999
    assert request.currency in EXPONENTS
    assert re.fullmatch(r"tok_[A-Za-z0-9_]{3,64}", request.card_token)
    assert len(request.metadata) <= 20
    assert all(isinstance(each, str) for each in request.metadata.values())


@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")), st.booleans())
def test_no_body_breaks_it(body, is_base64):
    with pytest.raises(RequestError):
        validation.payment_request(body, is_base64=is_base64)


@pytest.mark.parametrize("amount", [0, -1, 100_000_000, True, 1.0, "1", None, 10**400])
def test_only_a_plain_integer_is_an_amount(amount):
    body = json.dumps({"amount_minor": amount, "currency": "USD", "card_token": "tok_visa"})
    with pytest.raises(RequestError) as refused:
        validation.payment_request(body, is_base64=False)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "metadata",
    [
        {"k" * 41: "v"},
        {"": "v"},
        {"k": "v" * 501},
        {f"k{n}": "v" for n in range(21)},
        {"k": 1},
        [],
        "x",
        {"k": "\ud800"},
    ],
)
def test_metadata_is_bounded(metadata):
    body = json.dumps({"amount_minor": 1, "currency": "USD", "card_token": "tok_visa", "metadata": metadata})
    with pytest.raises(RequestError) as refused:
        validation.payment_request(body, is_base64=False)
    assert refused.value.param == "metadata"


@given(
    st.text("0123456789", min_size=12, max_size=18), st.sampled_from(["", " ", "-", ".", "\u00a0", "\u2013"]), st.data()
)
def test_every_luhn_valid_number_is_found_in_any_grouping(digits, separator, data):
    number = digits + luhn_digit(digits)
    size = data.draw(st.integers(1, 6))
    text = separator.join(number[start : start + size] for start in range(0, len(number), size))
    assert contains_card_number(f"pay {text}, thanks")


@given(st.text("0123456789", min_size=12, max_size=18), st.integers(1, 9))
def test_a_number_that_fails_the_check_is_no_card_number(digits, off):
    wrong = str((int(luhn_digit(digits)) + off) % 10)
    assert not contains_card_number(f"order {digits}{wrong}")


@pytest.mark.parametrize(
    "text", ["", "12345", "2026-11-23T19:40:00.123Z", "order 10042", "9" * 40, "4111x1111y1111z1111"]
)
def test_ordinary_text_is_no_card_number(text):
    assert not contains_card_number(text)


@given(st.text(), st.text(), st.text(), st.text())
def test_ids_of_different_merchants_or_keys_differ(merchant_a, key_a, merchant_b, key_b):
    same = (merchant_a, key_a) == (merchant_b, key_b)
    encode = [text.encode("utf-8", "replace").decode() for text in (merchant_a, key_a, merchant_b, key_b)]
    if same or (encode[:2] != encode[2:]):
        assert (session_id(*encode[:2]) == session_id(*encode[2:])) is (encode[:2] == encode[2:])
    assert session_id("a", "1:b") != session_id("a:1", "b")
    made = [new_payment_id(*encode[:2]) for _ in range(2)]
    assert made[0] != made[1]
    assert all(PAYMENT_ID.fullmatch(each) and session_of(each) == session_id(*encode[:2]) for each in made)


def test_currencies_are_codes_with_exponents():
    assert all(re.fullmatch("[A-Z]{3}", code) for code in EXPONENTS)
    assert {EXPONENTS[code] for code in EXPONENTS} == {0, 2, 3}
    assert (EXPONENTS["JPY"], EXPONENTS["USD"], EXPONENTS["KWD"]) == (0, 2, 3)
    assert not {"XXX", "XAU", "BGN", "HRK", "USN"} & EXPONENTS.keys()
    assert 150 <= len(EXPONENTS) <= 165


def test_a_field_that_is_not_on_the_list_cannot_be_logged():
    with pytest.raises(ValueError, match="card_token"):
        log("x", card_token="tok_visa")


def test_every_state_has_its_event():
    assert {f"payment.{state}" for state in State} == {events.REQUESTED, *events.FOLLOWING}


@pytest.mark.slow  # imports the giant bindings
def test_the_stack_routes_the_events_and_allows_the_time_that_the_processor_needs():
    from tercet.stack import events as routed
    from tercet.stack import processor

    assert (events.SOURCE, events.REQUESTED) == (routed.SOURCE, routed.STARTS_WORKFLOW)
    assert events.FOLLOWING == routed.PUBLISHED_BY_WORKFLOW
    # However slow DynamoDB and EventBridge are: what was written, the function still answers for.
    assert processor.API_TIMEOUT_S > 3 * LONGEST_CALL_S


def test_the_document_and_the_code_agree():
    document = yaml.safe_load((ROOM / "openapi.yaml").read_text())
    schemas = document["components"]["schemas"]
    request = schemas["PaymentRequest"]
    assert set(request["properties"]) == set(validation._FIELDS)
    assert request["properties"]["amount_minor"]["maximum"] == validation.MAX_AMOUNT_MINOR
    assert request["properties"]["card_token"]["pattern"] == f"^{validation._CARD_TOKEN.pattern}$"
    assert request["properties"]["metadata"]["maxProperties"] == validation.MAX_METADATA_KEYS
    assert set(schemas["Payment"]["properties"]["state"]["enum"]) == {str(state) for state in State}
    assert re.fullmatch(schemas["Payment"]["properties"]["id"]["pattern"], new_payment_id("a", "b"))
    assert (
        f"{validation.MAX_BODY_BYTES:,} bytes"
        in document["paths"]["/v1/payments"]["post"]["requestBody"]["description"]
    )


def test_the_room_imports_nothing_else_of_tercet_and_nothing_that_lambda_lacks():
    code = (
        "import sys; import tercet.payments.http, tercet.payments.workflow, tercet.payments.consumer, "
        "tercet.payments.sweeper; print(*sorted(name.split('.')[0] if not name.startswith('tercet') else name "
        "for name in sys.modules))"
    )
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.split()
    )
    assert all(name == "tercet" or name.startswith("tercet.payments") for name in loaded if name.startswith("tercet"))
    assert not loaded & {"pydantic", "jsonschema", "yaml", "moto", "cryptography", "requests"}
