"""Parts without their guard: what each fault is tried on, too, so that the oracle is seen to notice.

Each is what somebody could write who had not thought of the fault. Only tests ever use them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tercet.payments.acquirer import Acquirer, Declined, Instruction, Outcome
from tercet.payments.acquirer.client import AcquirerClient
from tercet.payments.database import Database, Row, Statement
from tercet.payments.deadline import Deadline
from tercet.payments.errors import (
    AcquirerUnavailable,
    CommitUnknownError,
    DuplicateError,
    PublishError,
    StoreUnavailableError,
)
from tercet.payments.model import Event, Operation
from tercet.payments.outbox import Outbox
from tercet.payments.store import Store
from tercet.payments.transitions import Change

_NOT_PROCESSED: Final = Declined(code="not_processed")


class KeylessStore(Store):
    """Forgets which key an operation was given, as if there were no unique key: a repetition begins anew."""

    def begin(self, operation: Operation, *, version: int, instead_of: str | None = None) -> None:
        if operation.idempotency_key is not None:
            operation = replace(operation, idempotency_key=f"{operation.idempotency_key}-{secrets.token_hex(4)}")
        super().begin(operation, version=version, instead_of=instead_of)

    def operation_of_key(self, merchant: str, key: str) -> Operation | None:
        return None


class CarelessStore(Store):
    """Compares no fingerprints: whatever is asked for under a key counts as the same request."""

    def operation_of_key(self, merchant: str, key: str) -> Operation | None:
        found = super().operation_of_key(merchant, key)
        return replace(found, fingerprint=_Anything()) if found else None


class CrowdedStore(Store):
    """Lets everybody who has an answer write it, after whatever others have written."""

    def finish(self, operation: Operation, change: Change) -> None:
        try:
            super().finish(operation, change)
        except DuplicateError:
            payment = self.payment(operation.payment_id)
            if payment is None:
                raise
            further = payment.version - change.before_version
            events = tuple(replace(each, sequence=each.sequence + further, id=f"{each.id}b") for each in change.events)
            moved = replace(change.payment, version=change.payment.version + further)
            super().finish(
                operation,
                replace(change, before_version=payment.version, payment=moved, events=events, entries=()),
            )


class _Anything(str):
    """Equal to every string."""

    __slots__ = ()

    def __eq__(self, _other: object) -> bool:
        return True

    def __ne__(self, _other: object) -> bool:
        return False

    __hash__ = str.__hash__


class TornDatabase:
    """Commits each statement of a batch by itself: no transaction holds them together."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, *statements: Statement) -> None:
        for statement in statements:
            self._database.write(statement)

    def read(self, statement: Statement) -> Sequence[Row]:
        return self._database.read(statement)

    def close(self) -> None:
        self._database.close()


class TrustingDatabase:
    """Takes a commit whose answer never came for done, without looking."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, *statements: Statement) -> None:
        try:
            self._database.write(*statements)
        except CommitUnknownError:
            return

    def read(self, statement: Statement) -> Sequence[Row]:
        return self._database.read(statement)

    def close(self) -> None:
        self._database.close()


class ImpatientDatabase(TrustingDatabase):
    """Takes whatever the database refuses for done: a deadlock's victim, too."""

    def write(self, *statements: Statement) -> None:
        try:
            self._database.write(*statements)
        except StoreUnavailableError:
            return


class EagerClient(AcquirerClient):
    """Takes what is unanswered for declined, and never asks."""

    def submit(self, instruction: Instruction, deadline: Deadline) -> Outcome:
        try:
            return super().submit(instruction, deadline)
        except AcquirerUnavailable:
            return _NOT_PROCESSED

    def resume(self, instruction: Instruction, deadline: Deadline) -> Outcome:
        return _NOT_PROCESSED

    def fate(self, operation_id: str, deadline: Deadline) -> Outcome:
        return _NOT_PROCESSED


class RenamingAcquirer:
    """Submits under another id each time: the acquirer cannot know that it is the same operation."""

    def __init__(self, acquirer: Acquirer) -> None:
        self._acquirer = acquirer

    def submit(self, instruction: Instruction, *, timeout_s: float) -> Outcome:
        renamed = replace(instruction, operation_id=f"{instruction.operation_id[:30]}{secrets.token_hex(4)}")
        return self._acquirer.submit(renamed, timeout_s=timeout_s)

    def inquire(self, operation_id: str, *, timeout_s: float) -> Outcome | None:
        return self._acquirer.inquire(operation_id, timeout_s=timeout_s)

    def reverse(self, operation_id: str, *, timeout_s: float) -> Outcome:
        return self._acquirer.reverse(operation_id, timeout_s=timeout_s)


class ForgetfulAcquirer:
    """Says of what never arrived that it was not processed, but does not see to it that it never will be."""

    def __init__(self, acquirer: Acquirer) -> None:
        self._acquirer = acquirer

    def submit(self, instruction: Instruction, *, timeout_s: float) -> Outcome:
        return self._acquirer.submit(instruction, timeout_s=timeout_s)

    def inquire(self, operation_id: str, *, timeout_s: float) -> Outcome | None:
        return self._acquirer.inquire(operation_id, timeout_s=timeout_s)

    def reverse(self, operation_id: str, *, timeout_s: float) -> Outcome:
        return self._acquirer.inquire(operation_id, timeout_s=timeout_s) or _NOT_PROCESSED


class HastyOutbox(Outbox):
    """Marks events as published before they are, whatever becomes of them."""

    def _publish(self, events: Sequence[Event]) -> bool:
        self._store.mark_published(events)
        try:
            self._publisher.publish(events)
        except PublishError:
            return True
        return True


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a processor is made of; by default with every guard."""

    database: Callable[[Database], Database] = lambda database: database
    acquirer: Callable[[Acquirer], Acquirer] = lambda acquirer: acquirer
    store: Callable[[Database], Store] = Store
    client: type[AcquirerClient] = AcquirerClient
    outbox: type[Outbox] = Outbox


PARTS: Final[Mapping[str, Parts]] = {
    "no unique key": Parts(store=KeylessStore),
    "no comparison": Parts(store=CarelessStore),
    "no transaction": Parts(database=TornDatabase),
    "unanswered is declined": Parts(client=EagerClient),
    "another id each time": Parts(acquirer=RenamingAcquirer),
    "no tombstone": Parts(acquirer=ForgetfulAcquirer),
    "any number of finishers": Parts(store=CrowdedStore),
    "published before it is": Parts(outbox=HastyOutbox),
}
"""What is missing → the parts, for processes that can be told only a name."""
