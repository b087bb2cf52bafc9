"""Carries one operation from its beginning to its answer, or to being left for whoever comes by.

::

    begin    note what is about to be done, under an id        committed before the acquirer hears of it
    ask      the acquirer, under that id                       repeated, it has no further effect
    finish   payment, ledger, events, answer                   one transaction
    publish  the events                                        whatever fails is left to the sweeper

If it ends anywhere between the first and the third, an operation without an answer is left. Whoever comes by (the same
idempotency key again, another request that the operation is in the way of, the acquirer's notification, the sweeper)
asks the acquirer what became of it, and finishes it: nothing is ever assumed to have failed, and nothing is asked for a
second time under another id. Only the workflow leaves it alone, as what is found out may start a workflow.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tercet.payments import transitions
from tercet.payments.acquirer import Instruction, Outcome
from tercet.payments.acquirer.client import AcquirerClient
from tercet.payments.deadline import Deadline
from tercet.payments.errors import (
    AcquirerUnavailable,
    DuplicateError,
    PaymentBusyError,
    PaymentNotFoundError,
    StoreUnavailableError,
)
from tercet.payments.logs import log
from tercet.payments.metrics import Metric, Metrics, Step
from tercet.payments.model import Answer, Kind, Operation, Payment, State
from tercet.payments.outbox import Outbox
from tercet.payments.store import Found, Store
from tercet.payments.transitions import Change

LEASE_MS: Final = 30_000
"""How long an operation without an answer is left to whoever began it. As long as our functions take for one, so that
two seldom ask the acquirer at once; if they do, its idempotency key and ours see to it that no harm is done."""

BUSY_ATTEMPTS: Final = 4
"""How often an operation tries to begin while another is at work on its payment, which seldom takes long."""

_BUSY_PAUSE_S: Final = 0.1
_FINISH_ATTEMPTS: Final = 5
"""How often a payment is read anew because somebody else wrote to it before an answer could be."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What became of an operation.

    Parameters
    ----------
    answer
        The payment, and why the operation was declined, if it was.
    is_replay
        Whether the idempotency key was used before, and this is the first answer again.
    is_running
        Whether the outcome is unknown yet. The payment then tells so, and events will tell what became of it.
    """

    answer: Answer
    is_replay: bool = False
    is_running: bool = False


class Execution:
    """Asks the acquirer for operations, and writes down what it says.

    Parameters
    ----------
    store
        The authority on every payment.
    acquirer
        Who is asked, patiently.
    outbox
        Who publishes what was written.
    now_ms
        Milliseconds since 1970. Clocks may differ between processors: nothing but politeness depends on them here.
    sleep
        Waits for so many seconds.
    metrics
        Where latencies, approvals and refusals are counted; by default nowhere.
    """

    def __init__(
        self,
        store: Store,
        acquirer: AcquirerClient,
        outbox: Outbox,
        *,
        now_ms: Callable[[], int],
        sleep: Callable[[float], None] = time.sleep,
        metrics: Metrics | None = None,
    ) -> None:
        self._store = store
        self._acquirer = acquirer
        self._outbox = outbox
        self._now_ms = now_ms
        self._sleep = sleep
        self._metrics = metrics or Metrics("", write=lambda _line: None)

    def begin(self, operation: Operation, *, version: int, instead_of: str | None = None) -> None:
        """Note that an operation begins; raises as :meth:`tercet.payments.store.Store.begin` does."""
        with self._metrics.timed(Step.BEGIN):
            self._store.begin(operation, version=version, instead_of=instead_of)

    def ask(self, operation: Operation, found: Found, deadline: Deadline, *, again: bool = False) -> Result:
        """Ask the acquirer for an operation that has begun, and write down what it says, or that it does not answer.

        Parameters
        ----------
        found
            The payment, as it was when the operation began.
        again
            Whether the operation was begun by somebody else, who may have asked already.
        """
        instruction = _instruction(operation, found.payment)
        ask = self._acquirer.resume if again else self._acquirer.submit
        try:
            with self._metrics.timed(Step.ACQUIRER):
                outcome = ask(instruction, deadline)
        except AcquirerUnavailable:
            return self._leave_unknown(operation)
        return Result(answer=self._finish(operation, outcome, found))

    def resolve(self, operation: Operation, deadline: Deadline) -> bool:
        """Finish an operation that was left without an answer, by asking the acquirer what became of it.

        What never arrived is made sure never to have an effect, and counts as declined.

        Returns
        -------
        bool
            Whether it is finished now; ``False`` if the acquirer does not answer.
        """
        try:
            outcome = self._acquirer.fate(operation.id, deadline)
        except AcquirerUnavailable:
            return not self._leave_unknown(operation).is_running
        self._finish(operation, outcome)
        return True

    def standing(self, operation: Operation) -> Answer | Found:
        """Read how an operation stands: its answer, or, while it has none, the payment that it is done to.

        The payment is read first. Whoever finishes the operation after that raises the payment's version, so that what
        is written on the strength of this reading is refused. Read the other way round, it could be finished twice.
        """
        payment = self._store.payment(operation.payment_id)
        stored = self._store.operation(operation.id)
        if stored and stored.answer:
            return stored.answer
        if payment is None:
            return Found(transitions.open_payment(operation), has_backlog=False)
        return Found(payment, has_backlog=True)  # there may be one: looking for it is the slow path's business

    def known(self, payment_id: str, deadline: Deadline, *, finishes: bool = True) -> Payment:
        """Read a payment whose state is known, or becomes known by asking the acquirer.

        Parameters
        ----------
        finishes
            Whether an operation that was left without an answer is finished here, or left to others.

        Raises
        ------
        PaymentNotFoundError
            There is none, whoever's.
        AcquirerUnavailable
            What became of its last operation is still unknown.
        PaymentBusyError
            Somebody else is about to find out.
        """
        payment = self._payment(payment_id)
        if payment.state is not State.UNKNOWN:
            return payment
        operation = self._store.unanswered(payment_id)
        if operation is not None and not (finishes and self.resolve(operation, deadline)):
            raise AcquirerUnavailable(f"What became of operation {operation.id} is unknown yet.")
        payment = self._payment(payment_id)
        if payment.state is State.UNKNOWN:
            raise busy(payment_id)
        return payment

    def wait_for_other(self, attempt: int, payment: Payment, deadline: Deadline, *, finishes: bool = True) -> None:
        """Give way to the operation that has begun from the same version of a payment; finish it, if it was left.

        Parameters
        ----------
        attempt
            1, 2, … :data:`BUSY_ATTEMPTS`.
        finishes
            As for :meth:`known`.

        Raises
        ------
        PaymentBusyError
            There is no time left to wait.
        """
        other = self._store.operation_from(payment.id, payment.version)
        if other and other.answer is None and not self.is_at_work(other) and finishes:
            self.resolve(other, deadline)
            return
        pause_s = _BUSY_PAUSE_S * 2**attempt * random.uniform(0.5, 1)  # noqa: S311 - jitter, not a secret
        if attempt >= BUSY_ATTEMPTS or pause_s > deadline.remaining_s():
            raise busy(payment.id)
        self._sleep(pause_s)

    def is_under_way(self, payment: Payment) -> bool:
        """Tell whether an operation has begun from this version of a payment that has no answer yet."""
        other = self._store.operation_from(payment.id, payment.version)
        return other is not None and other.answer is None

    def is_at_work(self, operation: Operation) -> bool:
        """Tell whether whoever began an operation is probably still at it."""
        return self._now_ms() - (operation.running_since_ms or 0) < LEASE_MS

    def _payment(self, payment_id: str) -> Payment:
        payment = self._store.payment(payment_id)
        if payment is None:
            if self._store.unanswered(payment_id):
                raise busy(payment_id)  # it is just being made
            raise PaymentNotFoundError(f"There is no payment {payment_id}.")
        return payment

    def _finish(self, operation: Operation, outcome: Outcome, found: Found | None = None) -> Answer:
        """Write what an outcome leads to; if somebody else has, give what that was.

        Parameters
        ----------
        found
            The payment as the operation began, or as :meth:`standing` gave it; without, it is read.
        """
        for _ in range(_FINISH_ATTEMPTS):
            standing = found or self.standing(operation)
            if isinstance(standing, Answer):
                return standing
            change = transitions.finish(standing.payment, operation, outcome, self._now_ms())
            if self._write(operation, change, has_backlog=standing.has_backlog):
                answer = change.answer or Answer(payment=change.payment)
                self._count(operation, answer)
                return answer
            found = None
        raise StoreUnavailableError(f"Operation {operation.id} was answered, but the answer could not be written.")

    def _leave_unknown(self, operation: Operation) -> Result:
        """Write down that there is no answer, unless somebody has got one meanwhile."""
        log("acquirer_unanswered", operation_id=operation.id, kind=operation.kind)
        for _ in range(_FINISH_ATTEMPTS):
            standing = self.standing(operation)
            if isinstance(standing, Answer):
                return Result(answer=standing)
            change = transitions.leave_unknown(standing.payment, operation, self._now_ms())
            if change is None:
                return Result(answer=Answer(payment=standing.payment), is_running=True)
            if self._write(operation, change, has_backlog=standing.has_backlog):
                return Result(answer=Answer(payment=change.payment), is_running=True)
        raise StoreUnavailableError(f"That operation {operation.id} has no answer could not be written.")

    def _write(self, operation: Operation, change: Change, *, has_backlog: bool) -> bool:
        try:
            with self._metrics.timed(Step.FINISH):
                self._store.finish(operation, change)
        except DuplicateError:
            return False
        with self._metrics.timed(Step.PUBLISH):
            self._outbox.publish(change.events, has_backlog=has_backlog)
        return True

    def _count(self, operation: Operation, answer: Answer) -> None:
        """Count an authorization's end, for the approval rate; an authentication that is still awaited is none."""
        if operation.kind not in {Kind.AUTHORIZE, Kind.AUTHENTICATE} or answer.payment.state is State.REQUIRES_ACTION:
            return
        self._metrics.count(Metric.DECLINED if answer.declined else Metric.APPROVED)


def busy(payment_id: str) -> PaymentBusyError:
    """Say that a payment is being worked on."""
    return PaymentBusyError(f"Another operation on payment {payment_id} is running, or its outcome is unknown yet.")


def _instruction(operation: Operation, payment: Payment) -> Instruction:
    request = operation.request
    return Instruction(
        kind=operation.kind,
        operation_id=operation.id,
        payment_id=payment.id,
        amount_minor=operation.amount_minor,
        currency=payment.currency,
        card_token=request.card_token if request else None,
        capture=request.capture if request else False,
        final=operation.final,
        reference=payment.reference,
    )
