"""Takes payments, so that none is lost and none is made twice, whatever fails in between.

What a merchant, the acquirer and the workflow may have done to a payment: :mod:`~tercet.payments.transitions` says what
is allowed, :mod:`~tercet.payments.execution` does it, :mod:`~tercet.payments.idempotency` has it done once only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tercet.payments import transitions
from tercet.payments.acquirer.client import AcquirerClient
from tercet.payments.deadline import Deadline
from tercet.payments.errors import (
    AcquirerUnavailable,
    DuplicateError,
    IllegalTransitionError,
    PaymentBusyError,
    PaymentDeclined,
    SessionInUseError,
)
from tercet.payments.execution import BUSY_ATTEMPTS, Execution, Result, busy
from tercet.payments.idempotency import Keys, fingerprint
from tercet.payments.metrics import Metrics
from tercet.payments.model import NOT_PROCESSED, Actor, Kind, Operation, Payment, PaymentRequest, State, new_id
from tercet.payments.outbox import Outbox
from tercet.payments.store import Found, Store


class Step(StrEnum):
    """A step of the workflow."""

    AUTHORIZE = "authorize"
    ASSESS_RISK = "assess_risk"
    CAPTURE = "capture"
    SETTLE = "settle"
    VOID = "void"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """On whose behalf, and within which time.

    Parameters
    ----------
    merchant
        From a verified token.
    correlation_id
        Identifier of the request: written to the operation, the ledger and the events.
    deadline
        When the answer must be given.
    """

    merchant: str
    correlation_id: str
    deadline: Deadline


class Processor:
    """The payment processor.

    Every method may raise :class:`~tercet.payments.errors.StoreUnavailableError`: whether it was done may be unknown
    then, and repeating it, with the same idempotency key, is safe.

    Parameters
    ----------
    store, acquirer, outbox
        As :class:`~tercet.payments.execution.Execution` needs them.
    key_ttl_ms
        Milliseconds after which an idempotency key may be used anew.
    now_ms, sleep, metrics
        As :class:`~tercet.payments.execution.Execution` needs them, too.
    """

    def __init__(
        self,
        store: Store,
        acquirer: AcquirerClient,
        outbox: Outbox,
        *,
        key_ttl_ms: int,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        sleep: Callable[[float], None] = time.sleep,
        metrics: Metrics | None = None,
    ) -> None:
        self._store = store
        self._execution = Execution(store, acquirer, outbox, now_ms=now_ms, sleep=sleep, metrics=metrics)
        self._keys = Keys(store, self._execution, ttl_ms=key_ttl_ms, now_ms=now_ms)
        self._now_ms = now_ms

    def create(self, caller: Caller, key: str, request: PaymentRequest) -> Result:
        """Authorize a payment and, if it is wished and nothing speaks against it, capture it at once.

        Parameters
        ----------
        key
            The merchant's idempotency key.

        Raises
        ------
        KeyReusedError, KeyInUseError, SessionInUseError
            Nothing was done.
        """
        now_ms = self._now_ms()
        operation = Operation(
            id=new_id("op", now_ms),
            payment_id=new_id("pay", now_ms),
            merchant=caller.merchant,
            kind=Kind.AUTHORIZE,
            actor=Actor.MERCHANT,
            amount_minor=request.amount_minor,
            correlation_id=caller.correlation_id,
            created_at_ms=now_ms,
            request=request,
            idempotency_key=key,
            fingerprint=_asks_to_create(request),
        )
        try:
            self._execution.begin(operation, version=0)
        except DuplicateError as error:
            if result := self.earlier(caller, key, request):
                return result
            if not self._keys.take_over(operation, version=0):
                raise SessionInUseError(
                    "Another payment has completed this session, or is about to. Void one that is not wanted any more:"
                    " that frees the session."
                ) from error
        found = Found(transitions.open_payment(operation), has_backlog=False)
        return self._execution.ask(operation, found, caller.deadline)

    def earlier(self, caller: Caller, key: str, request: PaymentRequest) -> Result | None:
        """Give the first answer to an earlier request to make this payment; ``None`` if the key is free.

        Raises
        ------
        KeyReusedError, KeyInUseError
            As :meth:`create` does.
        """
        return self._keys.replay(caller.merchant, key, _asks_to_create(request), caller.deadline)

    def capture(
        self, caller: Caller, key: str, payment_id: str, *, amount_minor: int | None = None, final: bool = False
    ) -> Result:
        """Capture an authorized payment, as a whole or in parts.

        Parameters
        ----------
        amount_minor
            In the payment's currency; ``None`` for all that is left.
        final
            Whether to release what is left of the authorization.

        Raises
        ------
        PaymentNotFoundError, IllegalTransitionError, PaymentBusyError, KeyReusedError, KeyInUseError
            Nothing was done.
        """
        return self._change(caller, key, payment_id, Kind.CAPTURE, amount_minor, final=final)

    def refund(self, caller: Caller, key: str, payment_id: str, *, amount_minor: int | None = None) -> Result:
        """Give back what was captured, as a whole or in parts; raises as :meth:`capture` does.

        Nothing more can be captured of a payment that was refunded in part.
        """
        return self._change(caller, key, payment_id, Kind.REFUND, amount_minor)

    def void(self, caller: Caller, key: str, payment_id: str) -> Result:
        """Release an authorization of which nothing was captured; raises as :meth:`capture` does."""
        return self._change(caller, key, payment_id, Kind.VOID, None)

    def notify(self, caller: Caller, payment_id: str, kind: Kind) -> Payment:
        """Look into what the acquirer says has happened: its word is only a nudge, and we ask it ourselves.

        Parameters
        ----------
        caller
            Its merchant is not looked at: the acquirer serves all.
        kind
            ``authenticate``, ``dispute``, ``dispute_won`` or ``dispute_lost``.

        Returns
        -------
        Payment
            As it stands now. A notification that comes twice, or too late, changes nothing.

        Raises
        ------
        PaymentNotFoundError
            There is no such payment, whoever's.
        PaymentBusyError, AcquirerUnavailable
            The acquirer is to notify us again.
        """
        if kind in {Kind.DISPUTE_WON, Kind.DISPUTE_LOST}:  # that there is a dispute may not have been told yet
            self._do(payment_id, Kind.DISPUTE, Actor.ACQUIRER, caller.correlation_id, caller.deadline)
        return self._do(payment_id, kind, Actor.ACQUIRER, caller.correlation_id, caller.deadline)

    def step(self, step: Step, payment_id: str, correlation_id: str, deadline: Deadline) -> Payment:
        """Do a step of the workflow; done before, it does nothing.

        Raises
        ------
        PaymentDeclined
            The acquirer, or the risk check, said no for good.
        PaymentBusyError, AcquirerUnavailable
            To be tried again: also while an operation has no answer, which the sweeper sees to.
        PaymentNotFoundError
            There is no such payment.
        """
        if step in _KINDS:
            return self._do(payment_id, _KINDS[step], Actor.WORKFLOW, correlation_id, deadline)
        payment = self._execution.known(payment_id, deadline, finishes=False)
        return _refuse_failed(payment) if step is Step.AUTHORIZE else _refuse_risk(payment)

    def resolve(self, operation: Operation, deadline: Deadline) -> bool:
        """Finish an operation that was left without an answer; tells whether it is finished now."""
        return self._execution.resolve(operation, deadline)

    def _change(
        self, caller: Caller, key: str, payment_id: str, kind: Kind, amount_minor: int | None, *, final: bool = False
    ) -> Result:
        """Do what a merchant asks for to a payment."""
        asked = fingerprint(kind, payment_id, {"amount_minor": amount_minor, "final": final})
        for attempt in range(1, BUSY_ATTEMPTS + 1):
            found = self._store.find(caller.merchant, payment_id)
            try:
                amount = transitions.check(found.payment, kind, amount_minor)
            except (IllegalTransitionError, PaymentBusyError):
                # It may be what this very key has led to.
                if result := self._keys.replay(caller.merchant, key, asked, caller.deadline):
                    return result
                raise
            operation = self._operation(
                found.payment,
                kind,
                Actor.MERCHANT,
                amount,
                caller.correlation_id,
                final=final,
                idempotency_key=key,
                asked=asked,
            )
            try:
                self._execution.begin(operation, version=found.payment.version)
            except DuplicateError:
                if result := self._keys.replay(caller.merchant, key, asked, caller.deadline):
                    return result
                if not self._keys.take_over(operation, version=found.payment.version):
                    self._execution.wait_for_other(attempt, found.payment, caller.deadline)
                    continue
            return self._execution.ask(operation, found, caller.deadline)
        raise busy(payment_id)

    def _do(self, payment_id: str, kind: Kind, actor: Actor, correlation_id: str, deadline: Deadline) -> Payment:
        """Do what no merchant asks for. What is not allowed any more is taken for done."""
        # Finishing what was left may publish what starts a workflow, and no event is to come back to its producer: the
        # workflow leaves that to the sweeper.
        finishes = actor is not Actor.WORKFLOW
        for attempt in range(1, BUSY_ATTEMPTS + 1):
            payment = self._execution.known(payment_id, deadline, finishes=finishes)
            if actor is Actor.WORKFLOW and not _is_the_workflows_to(kind, payment):
                return payment
            try:
                amount = transitions.check(payment, kind)
            except IllegalTransitionError:
                if actor is not Actor.ACQUIRER or not self._execution.is_under_way(payment):
                    return payment
                self._execution.wait_for_other(attempt, payment, deadline)  # after which it may be allowed
                continue
            operation = self._operation(payment, kind, actor, amount, correlation_id)
            try:
                self._execution.begin(operation, version=payment.version)
            except DuplicateError:
                self._execution.wait_for_other(attempt, payment, deadline, finishes=finishes)
                continue
            # Somebody else's events may still wait: they go first.
            result = self._execution.ask(operation, Found(payment, has_backlog=True), deadline)
            if result.is_running or result.answer.declined == NOT_PROCESSED:
                raise AcquirerUnavailable(f"The acquirer did not answer operation {operation.id} ({kind}).")
            if result.answer.declined and actor is Actor.WORKFLOW:
                raise PaymentDeclined(f"Operation {operation.id} ({kind}) was declined.", result.answer.declined)
            return result.answer.payment
        raise busy(payment_id)

    def _operation(
        self,
        payment: Payment,
        kind: Kind,
        actor: Actor,
        amount_minor: int,
        correlation_id: str,
        *,
        final: bool = False,
        idempotency_key: str | None = None,
        asked: str | None = None,
    ) -> Operation:
        now_ms = self._now_ms()
        return Operation(
            id=new_id("op", now_ms),
            payment_id=payment.id,
            merchant=payment.merchant,
            kind=kind,
            actor=actor,
            amount_minor=amount_minor,
            correlation_id=correlation_id,
            created_at_ms=now_ms,
            final=final,
            idempotency_key=idempotency_key,
            fingerprint=asked,
        )


_KINDS = {Step.CAPTURE: Kind.CAPTURE, Step.SETTLE: Kind.SETTLE, Step.VOID: Kind.VOID}


def _is_the_workflows_to(kind: Kind, payment: Payment) -> bool:
    """Tell whether the workflow is to do something to a payment, whatever its state machine says.

    Raises
    ------
    PaymentDeclined
        It would capture a payment that did not pass the risk check.
    """
    if kind is Kind.CAPTURE:
        return _refuse_risk(payment).capture and payment.state is State.AUTHORIZED
    # What is only to be authorized is the merchant's: it has been told so, and nobody else takes it back but for risk.
    return kind is not Kind.VOID or payment.capture or payment.elevated_risk


def _asks_to_create(request: PaymentRequest) -> str:
    return fingerprint(Kind.AUTHORIZE, None, vars(request))


def _refuse_failed(payment: Payment) -> Payment:
    if payment.state is State.FAILED:
        raise PaymentDeclined(f"Payment {payment.id} was declined.", payment.failure_code or "card_declined")
    return payment


def _refuse_risk(payment: Payment) -> Payment:
    if payment.elevated_risk and payment.state is State.AUTHORIZED:
        raise PaymentDeclined(f"Payment {payment.id} did not pass the risk check.", "risk_check_failed")
    return payment
