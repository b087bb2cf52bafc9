"""An acquirer without cards: it misbehaves on demand, by the test token, and writes down all that it does.

No money moves. It answers as a real acquirer would: it does an operation once, however often it is submitted under the
same id; it refuses what its own books do not allow; and sometimes it does not answer.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Final, NoReturn

from tercet.payments.acquirer import ActionRequired, Approved, Declined, Instruction, Outcome
from tercet.payments.acquirer.authorizations import AUTHENTICATION_FAILED, Authorization
from tercet.payments.acquirer.journal import Decided, Journal, Past, Record
from tercet.payments.acquirer.tokens import CARDS, SILENCE_S, SLOW_S, UNKNOWN_CARD, Authentication, Fault, Lost
from tercet.payments.errors import AcquirerUnavailable
from tercet.payments.model import NOT_PROCESSED, Kind

TIME_OUT_S: Final = 0.2
"""How long a simulated time-out takes, at most: nobody learns more by waiting for the whole limit."""

_REFUSED: Final = Declined(code="operation_declined")
_NOT_PROCESSED: Final = Declined(code=NOT_PROCESSED)
_NO_FAULT: Final = Fault()


class ConflictingInstructionError(ValueError):
    """Another instruction was submitted under this operation id: a defect of whoever submits. Nothing was done."""


class SandboxAcquirer:
    """The sandbox, as an :class:`~tercet.payments.acquirer.Acquirer`.

    Parameters
    ----------
    journal
        Where it writes down what it does before it answers, and looks up what it did.
    now_ms
        Milliseconds since 1970.
    sleep
        Waits for so many seconds.
    silence_s, slow_s, time_out_s
        Seconds for which nothing is answered where silence is to be simulated, that a slow answer takes, and that a
        simulated time-out takes at most.
    """

    def __init__(
        self,
        journal: Journal,
        *,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        sleep: Callable[[float], None] = time.sleep,
        silence_s: float = SILENCE_S,
        slow_s: float = SLOW_S,
        time_out_s: float = TIME_OUT_S,
    ) -> None:
        self._journal = journal
        self._now_ms = now_ms
        self._sleep = sleep
        self._silence_s = silence_s
        self._slow_s = slow_s
        self._time_out_s = time_out_s

    def submit(self, instruction: Instruction, *, timeout_s: float) -> Outcome:
        """Do it and write it down, then answer; or not, as the card demands.

        Raises
        ------
        ConflictingInstructionError
            Another instruction was submitted under this operation id before.
        """
        decided = self._decide(instruction)
        record, fault = decided.record, _fault(decided.record)
        if fault.is_doubled:
            record = self._decide(instruction).record
        if record.outcome is None:
            self._fail(record, 0 if fault.is_immediate else timeout_s)
        if fault.is_silent and self._is_silent(self._journal.operation(record.operation_id)):
            self._fail(record, timeout_s)
        if fault.is_unanswered and decided.is_new:
            self._fail(record, timeout_s)
        if fault.is_slow:
            self._be_slow(record, timeout_s)
        return record.outcome

    def inquire(self, operation_id: str, *, timeout_s: float) -> Outcome | None:
        """Tell what the journal says."""
        records = self._journal.operation(operation_id)
        if self._is_silent(records):
            self._fail(records[0], timeout_s)
        return records[-1].outcome if records else None

    def reverse(self, operation_id: str, *, timeout_s: float) -> Outcome:
        """Write down that the operation is not to be processed, unless it has been."""
        records = self._journal.operation(operation_id)
        if self._is_silent(records):
            self._fail(records[0], timeout_s)
        record = self._journal.decide(operation_id, None, partial(self._reversed, operation_id)).record
        return record.outcome or _NOT_PROCESSED

    def _decide(self, instruction: Instruction) -> Decided:
        return self._journal.decide(
            instruction.operation_id, instruction.payment_id, partial(self._submitted, instruction)
        )

    def _submitted(self, instruction: Instruction, past: Past) -> Record:
        """Decide on a submission: what was decided earlier stands."""
        last = past.operation[-1] if past.operation else None
        fingerprint = _fingerprint(instruction)
        if last is not None and last.fingerprint not in {None, fingerprint}:
            raise ConflictingInstructionError(
                f"Operation {instruction.operation_id} was submitted before with another instruction. Nothing was done."
            )
        if last is not None and last.outcome is not None:
            return last
        authorization = Authorization.of(instruction.reference, past.payment)
        token = authorization.card if authorization else instruction.card_token
        seen = Record(
            operation_id=instruction.operation_id,
            at_ms=self._now_ms(),
            outcome=None,
            payment_id=instruction.payment_id,
            kind=instruction.kind,
            amount_minor=instruction.amount_minor,
            currency=instruction.currency,
            final=instruction.final,
            reference=instruction.reference,
            card=token if token in CARDS else None,  # what is no test token is nothing to be written down
            fingerprint=fingerprint,
        )
        if _fault(seen).lost is Lost.ALL or (_fault(seen).lost is Lost.FIRST and last is None):
            return last or seen
        if instruction.kind is Kind.AUTHORIZE:
            return _authorize(seen, wants_capture=instruction.capture)
        return replace(seen, outcome=_answer(instruction, authorization))

    def _reversed(self, operation_id: str, past: Past) -> Record:
        """Decide on a reversal: what was decided earlier stands."""
        if not past.operation:
            return Record(operation_id=operation_id, at_ms=self._now_ms(), outcome=_NOT_PROCESSED)
        last = past.operation[-1]
        return last if last.outcome else replace(last, at_ms=self._now_ms(), outcome=_NOT_PROCESSED)

    def _is_silent(self, records: Sequence[Record]) -> bool:
        """Tell whether nothing is to be answered about an operation for the time being."""
        if not records or not _fault(records[0]).is_silent:
            return False
        return self._now_ms() < records[0].at_ms + self._silence_s * 1000

    def _be_slow(self, record: Record, timeout_s: float) -> None:
        if self._slow_s < timeout_s:
            self._sleep(self._slow_s)
        else:
            self._fail(record, timeout_s)

    def _fail(self, record: Record, wait_s: float) -> NoReturn:
        if wait_s > 0:
            self._sleep(min(wait_s, self._time_out_s))
        raise AcquirerUnavailable(f"The sandbox does not answer about operation {record.operation_id} ({record.kind}).")


def _fault(record: Record) -> Fault:
    card = CARDS.get(record.card or "", UNKNOWN_CARD)
    return card.faults.get(record.kind, _NO_FAULT) if record.kind else _NO_FAULT


def _authorize(seen: Record, *, wants_capture: bool) -> Record:
    """Decide on an authorization.

    A second one of the same payment, under another operation id, is another charge: an acquirer knows no better.
    """
    card = CARDS.get(seen.card or "", UNKNOWN_CARD)
    reference = _reference(seen.operation_id)
    outcome: Outcome
    if seen.amount_minor <= 0:
        outcome = _REFUSED
    elif card.declined:
        outcome = Declined(code=card.declined)
    elif card.authentication is not Authentication.NOT_WANTED:
        outcome = ActionRequired(reference=reference, url=_page(reference))
    else:
        outcome = Approved(
            reference=reference,
            captured=wants_capture and card.is_captured_at_once,
            elevated_risk=card.elevated_risk,
        )
    return replace(seen, outcome=outcome, reference=None if isinstance(outcome, Declined) else reference)


def _answer(instruction: Instruction, authorization: Authorization | None) -> Outcome:
    """Decide on an operation on an authorization."""
    if authorization is None or instruction.reference is None or not authorization.allows(instruction):
        return _REFUSED
    card = CARDS.get(authorization.card or "", UNKNOWN_CARD)
    kind, reference = instruction.kind, instruction.reference
    if kind in card.refuses:
        return _REFUSED
    if kind is Kind.DISPUTE and card.dispute_ends is None:
        return _REFUSED
    if kind in {Kind.DISPUTE_WON, Kind.DISPUTE_LOST} and card.dispute_ends is not kind:
        return _REFUSED
    if kind is Kind.AUTHENTICATE and card.authentication is Authentication.FAILS:
        return AUTHENTICATION_FAILED
    if kind is Kind.AUTHENTICATE and card.authentication is Authentication.PENDING:
        return ActionRequired(reference=reference, url=_page(reference))
    return Approved(reference=reference)


def _reference(operation_id: str) -> str:
    return f"auth_{hashlib.sha256(f'authorization:{operation_id}'.encode()).hexdigest()[:24]}"


def _page(reference: str) -> str:
    """Give the page where the card holder would be authenticated; RFC 2606 keeps the name from being anybody's."""
    return f"https://acquirer.example/3ds/{reference}"


def _fingerprint(instruction: Instruction) -> str:
    return hashlib.sha256(json.dumps(asdict(instruction), sort_keys=True).encode()).hexdigest()[:32]
