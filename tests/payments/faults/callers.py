"""What callers want of the processor, and how a careful one gets it: the same key again, until there is an answer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tercet.payments.deadline import Deadline
from tercet.payments.errors import (
    AcquirerUnavailable,
    KeyInUseError,
    PaymentBusyError,
    StoreUnavailableError,
)
from tercet.payments.model import Kind, PaymentRequest
from tercet.payments.processor import Caller, Processor, Step
from tests.payments.oracle import Acknowledgement, as_json

ATTEMPTS: Final = 12
"""How often a caller repeats before it gives up, which no test forgives."""

PATIENCE_S: Final = 20.0
"""How long one attempt may take."""

TO_BE_REPEATED: Final = (
    StoreUnavailableError,
    KeyInUseError,
    PaymentBusyError,
    AcquirerUnavailable,
)
"""What a caller answers by trying again: the API tells these as 409 and 503."""

_NOTICES: Final = frozenset({Kind.AUTHENTICATE, Kind.DISPUTE, Kind.DISPUTE_WON, Kind.DISPUTE_LOST})


@dataclass(frozen=True, kw_only=True)
class Intent:
    """One thing that somebody wants done once.

    Parameters
    ----------
    name
        What it is called everywhere: the correlation id of every attempt at it.
    key
        The idempotency key of a merchant's request; the name, if it is empty.
    request
        Of a creation; of everything else the payment's id.
    amount_minor
        ``None`` for all that is left.
    """

    kind: Kind
    merchant: str
    name: str
    request: PaymentRequest | None = None
    payment_id: str = ""
    amount_minor: int | None = None
    final: bool = False
    key: str = ""


class Answers:
    """What callers were told, kept in a file, and on the disk before anything else is done."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, told: Acknowledgement) -> None:
        line = json.dumps(as_json(told)).encode() + b"\n"
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)  # one write, so that callers in several processes do not mix their lines
            os.fsync(file)
        finally:
            os.close(file)

    def read(self) -> list[Acknowledgement]:
        if not self._path.exists():
            return []
        return [Acknowledgement(**json.loads(line)) for line in self._path.read_text().splitlines()]


def ask(processor: Processor, intent: Intent, *, patience_s: float = PATIENCE_S) -> Acknowledgement:
    """Ask once.

    Raises
    ------
    PaymentsError
        As the processor does; but a step of the workflow that is declined is an answer, too.
    """
    deadline = Deadline.after(patience_s)
    caller = Caller(merchant=intent.merchant, correlation_id=intent.name, deadline=deadline)
    key, payment_id, amount = intent.key or intent.name, intent.payment_id, intent.amount_minor
    if intent.kind is Kind.SETTLE:
        payment = processor.step(Step.SETTLE, payment_id, intent.name, deadline)
        return Acknowledgement.of_payment(intent.name, payment)
    if intent.kind in _NOTICES:
        return Acknowledgement.of_payment(intent.name, processor.notify(caller, payment_id, intent.kind))
    if intent.kind is Kind.AUTHORIZE:
        assert intent.request
        result = processor.create(caller, key, intent.request)
    elif intent.kind is Kind.CAPTURE:
        result = processor.capture(caller, key, payment_id, amount_minor=amount, final=intent.final)
    elif intent.kind is Kind.REFUND:
        result = processor.refund(caller, key, payment_id, amount_minor=amount)
    else:
        assert intent.kind is Kind.VOID
        result = processor.void(caller, key, payment_id)
    return Acknowledgement.of(intent.name, result)


def ask_until_answered(
    processor: Processor,
    intent: Intent,
    answers: Callable[[Acknowledgement], None],
    *,
    between: Callable[[], None] = lambda: None,
    patience_s: float = PATIENCE_S,
) -> Acknowledgement:
    """Ask again and again, until the outcome is known.

    Parameters
    ----------
    answers
        Told of every answer, also of those that the outcome is not known yet.
    between
        Called between two attempts: to wait, or to let the processor's clock go on.
    """
    for _ in range(ATTEMPTS):
        try:
            told = ask(processor, intent, patience_s=patience_s)
        except TO_BE_REPEATED:
            between()
            continue
        answers(told)
        if not told.is_running:
            return told
        between()
    raise AssertionError(f"{intent.name} ({intent.kind}) was not answered in {ATTEMPTS} attempts")
