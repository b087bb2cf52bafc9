"""A payment, the states that it goes through, and which step leads from which state to which."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tercet.payments.events import Event


class State(StrEnum):
    """Where a payment stands."""

    REQUESTED = "requested"
    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    SETTLED = "settled"
    VOIDED = "voided"
    FAILED = "failed"


class Step(StrEnum):
    """What the workflow asks for."""

    AUTHORIZE = "authorize"
    ASSESS_RISK = "assess_risk"
    CAPTURE = "capture"
    SETTLE = "settle"
    VOID = "void"
    FAIL = "fail"


@dataclass(frozen=True)
class Transition:
    """What a step does to a payment's state.

    Parameters
    ----------
    sources
        States that the step may start from.
    target
        The state afterwards; ``None`` if the step only checks.
    done
        States in which the step has already had its effect: repeating it there changes nothing.
    """

    sources: frozenset[State]
    target: State | None
    done: frozenset[State]


TRANSITIONS: Final[Mapping[Step, Transition]] = {
    Step.AUTHORIZE: Transition(
        frozenset({State.REQUESTED}),
        State.AUTHORIZED,
        frozenset({State.AUTHORIZED, State.CAPTURED, State.SETTLED}),
    ),
    Step.ASSESS_RISK: Transition(frozenset({State.AUTHORIZED}), None, frozenset({State.CAPTURED, State.SETTLED})),
    Step.CAPTURE: Transition(frozenset({State.AUTHORIZED}), State.CAPTURED, frozenset({State.CAPTURED, State.SETTLED})),
    Step.SETTLE: Transition(frozenset({State.CAPTURED}), State.SETTLED, frozenset({State.SETTLED})),
    # Also from `requested`: an authorization that was never answered may have happened.
    Step.VOID: Transition(
        frozenset({State.REQUESTED, State.AUTHORIZED}), State.VOIDED, frozenset({State.VOIDED, State.FAILED})
    ),
    # Not from `authorized`: that would leave the card holder's money held. Void it.
    Step.FAIL: Transition(frozenset({State.REQUESTED}), State.FAILED, frozenset({State.FAILED, State.VOIDED})),
}


_ENDS: Final = frozenset({State.SETTLED, State.VOIDED, State.FAILED})

CARD_DECLINED: Final = "card_declined"
RISK_CHECK_FAILED: Final = "risk_check_failed"
UNPROCESSED: Final = "processing_failed"
FAILURES: Final[Mapping[str, str]] = {
    CARD_DECLINED: "The card network declined the card. Ask for another card.",
    RISK_CHECK_FAILED: "The payment did not pass the risk check. Nothing was charged.",
    UNPROCESSED: "The payment could not be processed. Nothing was charged.",
}
"""Why a payment failed or was voided, and what the merchant is told."""


@dataclass(frozen=True)
class PaymentRequest:
    """What a merchant asks for, validated."""

    amount_minor: int
    currency: str
    card_token: str
    capture: bool
    metadata: Mapping[str, str]

    def fingerprint(self) -> str:
        """Digest that two requests share exactly when they ask for the same."""
        canonical = json.dumps(
            [self.amount_minor, self.currency, self.card_token, self.capture, dict(self.metadata)], sort_keys=True
        )
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Payment:
    """A payment session.

    Parameters
    ----------
    merchant
        The access token's ``client_id``.
    amount_minor
        Amount in the currency's minor unit.
    card_token
        Needed until the card network has answered, and gone from then on.
    fingerprint
        Of the request that made it.
    created_at
        UTC, ISO 8601 with milliseconds.
    reference
        The card network's name for its authorization.
    elevated_risk
        What the card network said about the risk.
    failure_code
        Why it was declined, if it was: a key of :data:`FAILURES`.
    unpublished
        Events not yet known to be on the bus, in order: the outbox.
    events_written
        How many events were ever put into the outbox: the outbox's version.
    """

    id: str
    merchant: str
    amount_minor: int
    currency: str
    capture: bool
    metadata: Mapping[str, str]
    state: State
    fingerprint: str
    created_at: str
    card_token: str | None = None
    reference: str | None = None
    elevated_risk: bool = False
    failure_code: str | None = None
    unpublished: tuple[Event, ...] = ()
    events_written: int = 0

    def is_at_its_end(self) -> bool:
        """Tell whether no step is left to be done; only then may the session expire."""
        return self.state in _ENDS or (self.state is State.AUTHORIZED and not self.capture)

    def event(self, state: State) -> Event:
        """Make the event that says that the payment has come into ``state``."""
        return Event.new(
            f"payment.{state}",
            {
                "payment_id": self.id,
                "merchant": self.merchant,
                "amount_minor": self.amount_minor,
                "currency": self.currency,
                "state": str(state),
            },
        )

    def public(self, state: State) -> dict[str, Any]:
        """Give what the merchant sees of the payment, in the given state."""
        shown: dict[str, Any] = {
            "id": self.id,
            "object": "payment",
            "merchant": self.merchant,
            "amount_minor": self.amount_minor,
            "currency": self.currency,
            "capture": self.capture,
            "state": str(state),
            "metadata": dict(self.metadata),
            "created_at": self.created_at,
        }
        if state in {State.FAILED, State.VOIDED}:
            code = self.failure_code or UNPROCESSED
            shown["failure"] = {"code": code, "message": FAILURES[code]}
        return shown


PAYMENT_ID: Final = re.compile(r"pay_[a-z2-7]{40}")
"""The session's id and eight more characters, which tell apart the payments that one key has made over time."""

_SESSION_ID_LENGTH: Final = len("pay_") + 32


def session_id(merchant: str, idempotency_key: str) -> str:
    """Derive the session's id from who asks and under which key: the same key is the same item, whoever is first."""
    digest = hashlib.sha256(f"{len(merchant)}:{merchant}:{idempotency_key}".encode()).digest()
    return f"pay_{_base32(digest[:20])}"


def new_payment_id(merchant: str, idempotency_key: str) -> str:
    """Make the id of a new payment.

    It is new each time: when a key is used again after its session has expired, nothing that still speaks of the old
    payment (a redriven workflow, a late event, the card network, which knows payments by id) can mean the new one.
    """
    return session_id(merchant, idempotency_key) + _base32(secrets.token_bytes(5))


def session_of(payment_id: str) -> str:
    """Give the id of the session that holds, or held, a payment."""
    return payment_id[:_SESSION_ID_LENGTH]


def _base32(given: bytes) -> str:
    return base64.b32encode(given).decode().lower()
