"""Refuses what looks like a card number, wherever in a request it stands, before anything is stored or logged."""

from __future__ import annotations

import re
from typing import Final

from tercet.payments.card_numbers import contains_card_number
from tercet.payments.errors import RequestError

_OUR_IDS: Final = re.compile(r"(?<![0-9A-Za-z])(?:pay|op|evt|ses)_[0-9a-f]{32}(?![0-9A-Za-z])")
"""Identifiers that we made. One in some hundreds has digits in a row that would pass for a card number."""


def refuse_card_number(text: str, param: str | None) -> None:
    """Refuse a text with a card number in it; identifiers of ours are none.

    Parameters
    ----------
    param
        Where it stands, for the answer.

    Raises
    ------
    RequestError
        With status 400; it does not repeat the text.
    """
    if contains_card_number(_OUR_IDS.sub("ID", text)):
        raise RequestError(
            400,
            "card_number_refused",
            "The request holds 13 to 19 digits that may be a card number, and was not kept. Send a card token. One in"
            " ten other numbers of that length looks like one by chance: put a letter into it, or use a UUID.",
            param=param,
        )
