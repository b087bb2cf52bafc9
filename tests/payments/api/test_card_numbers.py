"""What looks like a card number is found however it is written, and nothing else is taken for one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tercet.payments.api.card_data import refuse_card_number
from tercet.payments.card_numbers import contains_card_number
from tercet.payments.currencies import EXPONENTS
from tercet.payments.errors import RequestError
from tercet.payments.model import new_id


def luhn_digit(digits: str) -> str:
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits))]
    return str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)


@given(
    st.text("0123456789", min_size=12, max_size=18), st.sampled_from(["", " ", "-", ".", "\u00a0", "\u2013"]), st.data()
)
def test_every_luhn_valid_number_is_found_in_any_grouping(digits: str, separator: str, data: st.DataObject) -> None:
    number = digits + luhn_digit(digits)
    size = data.draw(st.integers(1, 6))
    text = separator.join(number[start : start + size] for start in range(0, len(number), size))
    assert contains_card_number(f"pay {text}, thanks")


@given(st.text("0123456789", min_size=12, max_size=18), st.integers(1, 9))
def test_a_number_that_fails_the_check_is_no_card_number(digits: str, off: int) -> None:
    wrong = str((int(luhn_digit(digits)) + off) % 10)
    assert not contains_card_number(f"order {digits}{wrong}")


@pytest.mark.parametrize(
    "text", ["", "12345", "2026-11-23T19:40:00.123Z", "order 10042", "9" * 40, "4111x1111y1111z1111"]
)
def test_ordinary_text_is_no_card_number(text: str) -> None:
    assert not contains_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "0c93beeb-4539-4148-8031-4369ba4e8c3ab",  # a digit too many for a UUID
        "0c93beeb-45394148-8031-4369ba4e8c3a",  # grouped in another way
        "c93beeb-4539-4148-8031-4369",  # a part of one
        "41111111-1111-1111-0000-000000000000",  # of no variant of RFC 9562
        "pay_4111111111111111",  # too short for an id of ours
        "tok_019a4111111111111111abcdef012345",  # nothing that we make
        "xpay_019a4111111111111111abcdef012345",
    ],
)
def test_what_only_resembles_a_uuid_or_an_id_of_ours_is_searched(text: str) -> None:
    with pytest.raises(RequestError) as refused:
        refuse_card_number(text, "Idempotency-Key")
    assert (refused.value.code, refused.value.param) == ("card_number_refused", "Idempotency-Key")
    assert text not in str(refused.value)


@given(
    st.sampled_from(["pay", "op", "evt", "ses"]), st.integers(10**12, 2 * 10**12), st.sampled_from(["", "_1", "_12"])
)
def test_no_id_of_ours_is_refused(prefix: str, now_ms: int, line: str) -> None:
    refuse_card_number(f"{new_id(prefix, now_ms)}{line}", None)
    refuse_card_number(f"{prefix}_019a4111111111111111abcdef012345{line}", None)


def test_currencies_are_codes_with_exponents() -> None:
    assert all(re.fullmatch("[A-Z]{3}", code) for code in EXPONENTS)
    assert {EXPONENTS[code] for code in EXPONENTS} == {0, 2, 3}
    assert (EXPONENTS["JPY"], EXPONENTS["USD"], EXPONENTS["KWD"]) == (0, 2, 3)
    assert not {"XXX", "XAU", "BGN", "HRK", "USN"} & EXPONENTS.keys()
    assert 150 <= len(EXPONENTS) <= 165
