"""Finds what looks like a card number, so that it is refused before it is stored or logged anywhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_SHORTEST: Final = 13
_LONGEST: Final = 19
"""Lengths of a primary account number that card networks issue (ISO/IEC 7812-1 allows up to 19 digits)."""

_SEPARATOR: Final = r"[\s._/\-\u2010-\u2015\u2212]{1,2}"
_UUID: Final = re.compile(
    r"(?<![0-9a-z])[0-9a-f]{8}(-?)[0-9a-f]{4}\1[1-8][0-9a-f]{3}\1[89ab][0-9a-f]{3}\1[0-9a-f]{12}(?![0-9a-z])",
    re.IGNORECASE,
)
"""Of RFC 9562. One in four hundred has digits, across its hyphens too, that would pass for a card number."""

_GROUPS: Final = re.compile(rf"[0-9]+(?:{_SEPARATOR}[0-9]+)*")


def contains_card_number(text: str) -> bool:
    """Tell whether 13 to 19 digits, in one run or in groups, pass the Luhn check.

    One in ten other numbers of that length passes as well: refusing too much is the safe side. Digits of other scripts
    and widths count as digits. The digits of a UUID do not count, as UUIDs are what idempotency keys are made of.
    """
    return any(_is_luhn_valid(digits) for digits in _candidates(_UUID.sub("UUID", _plain(text))))


def _plain(text: str) -> str:
    return "".join(
        str(unicodedata.digit(character)) if character.isdigit() else character
        for character in unicodedata.normalize("NFKC", text)
    )


def _candidates(text: str) -> Iterator[str]:
    """Yield every sequence of neighbouring groups that has a card number's length."""
    for match in _GROUPS.finditer(text):
        groups = re.findall("[0-9]+", match.group())
        for start in range(len(groups)):
            digits = ""
            for group in groups[start : start + _LONGEST]:
                digits += group
                if len(digits) > _LONGEST:
                    break
                if len(digits) >= _SHORTEST:
                    yield digits


def _is_luhn_valid(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
