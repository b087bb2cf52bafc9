"""What a payment is, what may be done to it, and the words in which its parts speak of it. Pure data, no behaviour."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a payment stands.

    ::

        requires_action ─► authorized ─► (partially_)captured ─► (partially_)refunded
              │   │            │                    └─► disputed ─► won │ lost
              │   └────────────┤                                     └─► (partially_)refunded
              ▼                ▼
            failed           voided          and from any of them, while an answer is missing: unknown
    """

    REQUIRES_ACTION = "requires_action"
    AUTHORIZED = "authorized"
    PARTIALLY_CAPTURED = "partially_captured"
    CAPTURED = "captured"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    VOIDED = "voided"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DISPUTED = "disputed"
    WON = "won"
    LOST = "lost"


UNPAID: Final = frozenset({State.REQUIRES_ACTION, State.FAILED, State.VOIDED, State.UNKNOWN})
"""States of a payment that has not, or not yet, paid for anything: its session is not complete."""


class Kind(StrEnum):
    """What an operation does to a payment. Those up to ``settle`` are asked of the acquirer; it tells us the others."""

    AUTHORIZE = "authorize"
    AUTHENTICATE = "authenticate"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"
    SETTLE = "settle"
    DISPUTE = "dispute"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


class Actor(StrEnum):
    """Who had an operation done."""

    MERCHANT = "merchant"
    ACQUIRER = "acquirer"
    WORKFLOW = "workflow"


NOT_PROCESSED: Final = "not_processed"
"""The acquirer never heard of it, and never will: no refusal, so it may be asked for anew."""

FAILURES: Final[Mapping[str, str]] = {
    "card_declined": "The card was declined. Ask for another card.",
    "insufficient_funds": "The card has insufficient funds. Ask for another card.",
    "expired_card": "The card has expired. Ask for another card.",
    "lost_or_stolen": "The card was declined. Ask for another card.",
    "incorrect_cvc": "The card's security code is wrong. Ask for it again.",
    "fraud_suspected": "The acquirer suspects fraud. Ask for another card.",
    "authentication_failed": "The card holder could not be authenticated. Ask for another card.",
    "risk_check_failed": "The payment did not pass the risk check. Nothing was charged.",
    NOT_PROCESSED: "The acquirer did not process it. Nothing was charged; it may be tried again under a new key.",
    "operation_declined": "The acquirer declined it. The payment is as it was before.",
}
"""Why the acquirer, or we, said no → what the merchant is told. A code that is not here is told as the first one is."""


@dataclass(frozen=True, kw_only=True)
class PaymentRequest:
    """What a merchant asks for when making a payment, validated.

    Parameters
    ----------
    amount_minor
        In the currency's minor unit.
    capture
        Whether to capture at once.
    session_id
        The session that the payment completes, if any.
    """

    amount_minor: int
    currency: str
    card_token: str
    capture: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)
    session_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Payment:
    """A payment at one point of its life.

    Parameters
    ----------
    version
        How many events it has had: the next one is number ``version + 1``, and only one writer can write that.
    captured_minor, refunded_minor, settled_minor
        How much was captured in all, given back of that, and paid out by the acquirer of that.
    reference
        The acquirer's name for its authorization.
    elevated_risk
        Whether the acquirer advised against capturing.
    failure_code
        Why it failed or was voided: a key of :data:`FAILURES`.
    next_action_url
        Where the card holder must go, while the state is ``requires_action``.
    resumes_as
        The state before ``unknown``, to which a refused operation returns; ``None`` in every other state, and where the
        authorization itself is unknown.
    """

    id: str
    merchant: str
    amount_minor: int
    currency: str
    capture: bool
    metadata: Mapping[str, str]
    state: State
    version: int
    created_at_ms: int
    captured_minor: int = 0
    refunded_minor: int = 0
    settled_minor: int = 0
    reference: str | None = None
    elevated_risk: bool = False
    failure_code: str | None = None
    next_action_url: str | None = None
    session_id: str | None = None
    resumes_as: State | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The first answer that was given to an operation: what a repetition gets, too.

    Parameters
    ----------
    payment
        The payment as it was then.
    declined
        Why the operation was refused, a key of :data:`FAILURES`; ``None`` if it was not.
    """

    payment: Payment
    declined: str | None = None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing to be done to a payment; written down before the acquirer hears of it, under the same id.

    Parameters
    ----------
    amount_minor
        What is to be authorized, captured, refunded, settled or held; 0 where the kind has no amount.
    final
        Of a capture: whether the rest of the authorization is released.
    request
        Of an authorization: what the payment is made from. Its card token is gone once the operation is finished.
    idempotency_key, fingerprint
        What the merchant called it, and a digest of what was asked; ``None`` where no merchant asked.
    correlation_id
        Identifier of the request that caused it: in logs, events and ledger entries alike.
    answer
        The first answer given, once there is one.
    running_since_ms
        Since when it has been without an answer; ``None`` once it has one, and before it is written down.
    answered_at_ms
        When it got its answer.
    """

    id: str
    payment_id: str
    merchant: str
    kind: Kind
    actor: Actor
    amount_minor: int
    correlation_id: str
    created_at_ms: int
    final: bool = False
    request: PaymentRequest | None = None
    idempotency_key: str | None = None
    fingerprint: str | None = None
    answer: Answer | None = None
    running_since_ms: int | None = None
    answered_at_ms: int | None = None

    @property
    def session_id(self) -> str | None:
        """The session that the operation completes, if it succeeds."""
        return self.request.session_id if self.request else None


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that has happened to a payment: written in the same transaction, published afterwards.

    Parameters
    ----------
    id
        By which consumers recognize it when it comes twice.
    sequence
        1, 2, 3 … within the payment.
    kind
        The ``detail-type``, such as ``payment.captured``.
    detail
        The ``detail``; JSON values only.
    """

    id: str
    payment_id: str
    sequence: int
    kind: str
    detail: Mapping[str, object]
    operation_id: str
    created_at_ms: int


PAYMENT_ID: Final = re.compile(r"pay_[0-9a-f]{32}")
SESSION_ID: Final = re.compile(r"ses_[0-9a-f]{32}")
"""What :func:`new_id` makes of these prefixes."""


def new_id(prefix: str, now_ms: int) -> str:
    """Make an identifier such as ``pay_019…``: 48 bits of time and 80 of chance, so that ids sort by their time."""
    return f"{prefix}_{now_ms:012x}{secrets.token_hex(10)}"
