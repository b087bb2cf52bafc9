"""The sandbox's test cards: which token makes it do what. Data, and the table that the documentation takes from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from tercet.payments.model import Kind

SILENCE_S: Final = 30
"""For how many seconds after its first submission nothing is answered about an operation that is to be unknown for a
while. Longer than the API waits for an acquirer."""

SLOW_S: Final = 2
"""How many seconds a slow answer takes."""


class Lost(Enum):
    """Which submissions of an operation never arrive."""

    NONE = auto()
    FIRST = auto()
    ALL = auto()


@dataclass(frozen=True, kw_only=True)
class Fault:
    """How the sandbox fails to answer.

    Parameters
    ----------
    lost
        Which submissions have no effect and get no answer.
    is_unanswered
        Whether the submission that takes effect gets no answer. Asked again, the sandbox tells.
    is_silent
        Whether it answers nothing about the operation, inquiries included, for a while after it was first submitted.
    is_immediate
        Whether it fails at once rather than after a while, as an HTTP status 500 does.
    is_slow
        Whether every answer to a submission takes long.
    is_doubled
        Whether it processes a submission twice, as if the network had delivered it twice.
    """

    lost: Lost = Lost.NONE
    is_unanswered: bool = False
    is_silent: bool = False
    is_immediate: bool = False
    is_slow: bool = False
    is_doubled: bool = False


class Authentication(Enum):
    """What becomes of a card holder's authentication (3-D Secure), where the card wants one."""

    NOT_WANTED = auto()
    SUCCEEDS = auto()
    FAILS = auto()
    PENDING = auto()


@dataclass(frozen=True, kw_only=True)
class Card:
    """A test card.

    Parameters
    ----------
    does
        What the sandbox does with it, for users to read.
    declined
        Why an authorization is declined; ``None`` if it is not.
    elevated_risk
        Whether the sandbox advises against capturing.
    is_captured_at_once
        Whether an authorization captures, if that is wished; otherwise the workflow captures afterwards.
    authentication
        What becomes of 3-D Secure.
    refuses
        Later operations that are declined.
    dispute_ends
        How a dispute ends; ``None`` if there is no dispute.
    faults
        Kind of operation → how it fails to be answered.
    """

    does: str
    declined: str | None = None
    elevated_risk: bool = False
    is_captured_at_once: bool = True
    authentication: Authentication = Authentication.NOT_WANTED
    refuses: frozenset[Kind] = frozenset()
    dispute_ends: Kind | None = None
    faults: Mapping[Kind, Fault] = field(default_factory=dict)


CARDS: Final[Mapping[str, Card]] = {
    "tok_visa": Card(does="Approved."),
    "tok_mastercard": Card(does="Approved."),
    "tok_risky": Card(
        does="Approved with elevated risk: not captured, and the workflow's risk check voids it.",
        elevated_risk=True,
        is_captured_at_once=False,
    ),
    "tok_card_declined": Card(does="Declined: `card_declined`.", declined="card_declined"),
    "tok_declined": Card(does="The same.", declined="card_declined"),
    "tok_insufficient_funds": Card(does="Declined: `insufficient_funds`.", declined="insufficient_funds"),
    "tok_expired_card": Card(does="Declined: `expired_card`.", declined="expired_card"),
    "tok_lost_or_stolen": Card(does="Declined: `lost_or_stolen`.", declined="lost_or_stolen"),
    "tok_incorrect_cvc": Card(does="Declined: `incorrect_cvc`.", declined="incorrect_cvc"),
    "tok_fraud_suspected": Card(does="Declined: `fraud_suspected`.", declined="fraud_suspected"),
    "tok_3ds": Card(
        does="Requires 3-D Secure. The authentication succeeds.",
        is_captured_at_once=False,
        authentication=Authentication.SUCCEEDS,
    ),
    "tok_3ds_fails": Card(
        does="Requires 3-D Secure. The authentication is declined: `authentication_failed`.",
        is_captured_at_once=False,
        authentication=Authentication.FAILS,
    ),
    "tok_3ds_pending": Card(
        does="Requires 3-D Secure. However often it is asked, the card holder has not acted yet.",
        is_captured_at_once=False,
        authentication=Authentication.PENDING,
    ),
    "tok_timeout_before": Card(
        does="The first submission never arrives. Submitted again, it is approved.",
        faults={Kind.AUTHORIZE: Fault(lost=Lost.FIRST)},
    ),
    "tok_timeout_after": Card(
        does="Approved, but the answer never comes. An inquiry tells.",
        faults={Kind.AUTHORIZE: Fault(is_unanswered=True)},
    ),
    "tok_unreachable_once": Card(
        does=(
            f"Approved, but nothing is answered for {SILENCE_S} s, inquiries included: the payment is `unknown` until "
            "it is resolved."
        ),
        faults={Kind.AUTHORIZE: Fault(is_silent=True)},
    ),
    "tok_unreachable": Card(
        does=(
            f"Never arrives, and nothing is answered for {SILENCE_S} s, inquiries included: the payment is `unknown` "
            "until it is resolved, and then fails: `not_processed`."
        ),
        faults={Kind.AUTHORIZE: Fault(lost=Lost.ALL, is_silent=True)},
    ),
    "tok_unavailable": Card(
        does="Never arrives, however often; inquiries are answered. Resolved, it fails: `not_processed`.",
        faults={Kind.AUTHORIZE: Fault(lost=Lost.ALL)},
    ),
    "tok_error_500": Card(
        does="The first submission fails at once and has no effect. Submitted again, it is approved.",
        faults={Kind.AUTHORIZE: Fault(lost=Lost.FIRST, is_immediate=True)},
    ),
    "tok_slow": Card(does=f"Approved after {SLOW_S} s.", faults={Kind.AUTHORIZE: Fault(is_slow=True)}),
    "tok_duplicate": Card(
        does="The submission is processed twice, as if delivered twice. It is approved and charged once.",
        faults={Kind.AUTHORIZE: Fault(is_doubled=True)},
    ),
    "tok_capture_declined": Card(
        does="Approved, not captured at once. Every capture is declined.",
        is_captured_at_once=False,
        refuses=frozenset({Kind.CAPTURE}),
    ),
    "tok_capture_timeout": Card(
        does="Approved, not captured at once. A capture is made, but its answer never comes. An inquiry tells.",
        is_captured_at_once=False,
        faults={Kind.CAPTURE: Fault(is_unanswered=True)},
    ),
    "tok_capture_unreachable": Card(
        does=f"Approved, not captured at once. A capture is made, but nothing is answered about it for {SILENCE_S} s.",
        is_captured_at_once=False,
        faults={Kind.CAPTURE: Fault(is_silent=True)},
    ),
    "tok_refund_declined": Card(does="Approved. Every refund is declined.", refuses=frozenset({Kind.REFUND})),
    "tok_refund_timeout": Card(
        does="Approved. A refund is made, but its answer never comes. An inquiry tells.",
        faults={Kind.REFUND: Fault(is_unanswered=True)},
    ),
    "tok_refund_unreachable": Card(
        does=f"Approved. A refund never arrives, and nothing is answered about it for {SILENCE_S} s.",
        faults={Kind.REFUND: Fault(lost=Lost.ALL, is_silent=True)},
    ),
    "tok_void_timeout": Card(
        does="Approved. Voiding is done, but its answer never comes. An inquiry tells.",
        faults={Kind.VOID: Fault(is_unanswered=True)},
    ),
    "tok_disputed": Card(
        does="Approved. Once captured, a dispute is confirmed, and then that it was won.",
        dispute_ends=Kind.DISPUTE_WON,
    ),
    "tok_disputed_lost": Card(
        does="Approved. Once captured, a dispute is confirmed, and then that it was lost.",
        dispute_ends=Kind.DISPUTE_LOST,
    ),
}
"""Token → test card."""

UNKNOWN_CARD: Final = Card(does="Declined: `card_declined`.", declined="card_declined")
"""What every other token stands for: a typing mistake must not look like a payment."""


def table() -> str:
    """Lay out every token and what it does, in Markdown."""
    rows = ["| token | what the sandbox does |", "|---|---|"]
    rows += [f"| `{token}` | {card.does} |" for token, card in CARDS.items()]
    rows.append(f"| every other token | {UNKNOWN_CARD.does} |")
    return "\n".join(rows)
