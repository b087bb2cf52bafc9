"""What the database holds: the only module with SQL in it, so that every statement can be read in one place.

The processor writes at three moments. `begin` notes what is about to be asked of the acquirer; `finish` writes all that
its answer leads to, in one transaction; `mark_published` empties the outbox. Each is one round trip, and each can be
told afterwards, whatever became of the connection, by a key that it inserts or a column that it fills.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tercet.payments import records
from tercet.payments.database import Database, Row, Statement, Value
from tercet.payments.errors import CommitUnknownError, DuplicateError, PaymentNotFoundError
from tercet.payments.ledger import Account, Entry
from tercet.payments.model import Event, Operation, Payment, State
from tercet.payments.transitions import Change

_ATTEMPTS: Final = 3
"""How often a batch is sent whose connection ended: each time it is known that it was not committed before."""

_EVENTS_OF_PAYMENT: Final = 4
"""Rows that are read for each payment with a backlog: few have more events waiting."""

_LEAVES_SESSION: Final = frozenset({State.FAILED, State.VOIDED})
"""States in which a payment's session is free for another."""


@dataclass(frozen=True)
class Found:
    """A payment, and whether it has events that are still to be published."""

    payment: Payment
    has_backlog: bool


@dataclass(frozen=True)
class Waiting:
    """A payment with events that are still to be published, and since when the oldest of them waits."""

    payment_id: str
    since_ms: int


@dataclass(frozen=True)
class Running:
    """An operation without an answer, found and not yet read: one that cannot be read keeps no other waiting."""

    id: str
    payment_id: str
    since_ms: int
    row: Row

    def operation(self) -> Operation:
        """Read it.

        Raises
        ------
        ValueError, TypeError, KeyError
            Its row says what this release does not know: a newer one wrote it, or somebody by hand.
        """
        return records.operation(self.row)


class Store:
    """Operations, payments, ledger entries and events.

    Every method may raise :class:`~tercet.payments.errors.StoreUnavailableError`. A method that writes may raise its
    subclass ``CommitUnknownError``: then not even looking could tell whether it was written.

    Parameters
    ----------
    database
        Where the schema stands.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, operation: Operation, *, version: int, instead_of: str | None = None) -> None:
        """Note that an operation begins from a version of its payment.

        Parameters
        ----------
        version
            The version that the payment was read in: only one operation can begin from each.
        instead_of
            An ended operation whose idempotency key has expired, and passes to this one.

        Raises
        ------
        DuplicateError
            The key, the payment's version or the session is taken. Nothing was written.
        """
        row: dict[str, Value] = {
            **records.of_operation(operation),
            "version": version,
            "running_since_ms": operation.created_at_ms,
        }
        statements = [_insert("operations", row)]
        if instead_of:
            statements.insert(0, Statement(_FREE_KEY, {"id": instead_of}))
        self._write(statements, lambda: self.operation(operation.id) is not None)

    def finish(self, operation: Operation, change: Change) -> None:
        """Write all that an answer leads to, or that there is none: payment, entries, events, and the operation's end.

        Raises
        ------
        DuplicateError
            The payment has another version meanwhile: somebody else wrote what became of it. Nothing was written.
        """
        payment = change.payment
        row = records.of_payment(payment)
        if change.before_version:
            write_payment = Statement(_UPDATE_PAYMENT, {**row, "before_version": change.before_version})
        else:
            write_payment = _insert("payments", row)
        statements = [_insert("events", *(records.of_event(event, payment.merchant) for event in change.events))]
        statements.append(write_payment)
        if change.entries:
            statements.append(_insert("entries", *map(records.of_entry, change.entries)))
        if change.answer:
            answer = records.dump_answer(change.answer)
            at_ms = change.events[-1].created_at_ms
            statements.append(Statement(_END_OPERATION, {"id": operation.id, "answer": answer, "at_ms": at_ms}))
        if payment.session_id and payment.state in _LEAVES_SESSION:
            statements.append(Statement(_FREE_SESSION, row))
        self._write(statements, lambda: self._is_written(change.events[-1]))

    def mark_published(self, events: Sequence[Event]) -> None:
        """Take events of one payment out of the outbox. It may be repeated."""
        values: dict[str, Value] = {"payment_id": events[0].payment_id}
        values |= {f"sequence_{number}": event.sequence for number, event in enumerate(events)}
        # Each by its number: a range would lock the gap after it, into which everybody else is inserting.
        numbers = ", ".join(f":sequence_{number}" for number in range(len(events)))
        self._write([Statement(_MARK_PUBLISHED.format(numbers=numbers), values)], lambda: False)

    def operation(self, operation_id: str) -> Operation | None:
        """Find an operation."""
        return self._one_operation("id = :id", {"id": operation_id})

    def operation_of_key(self, merchant: str, key: str) -> Operation | None:
        """Find the operation that a merchant gave this idempotency key to."""
        return self._one_operation(
            "merchant = :merchant AND idempotency_key = :key", {"merchant": merchant, "key": key}
        )

    def operation_of_session(self, merchant: str, session_id: str) -> Operation | None:
        """Find the authorization that has this session, unless it was declined."""
        where = "merchant = :merchant AND session_id = :session_id"
        return self._one_operation(where, {"merchant": merchant, "session_id": session_id})

    def operation_from(self, payment_id: str, version: int) -> Operation | None:
        """Find the operation that began from a version of a payment."""
        where = "payment_id = :payment_id AND version = :version"
        return self._one_operation(where, {"payment_id": payment_id, "version": version})

    def unanswered(self, payment_id: str) -> Operation | None:
        """Find the operation of a payment that has no answer; there is one at most."""
        return self._one_operation("payment_id = :payment_id AND answer IS NULL", {"payment_id": payment_id})

    def running(self, before_ms: int, limit: int, after_ms: int = 0) -> Sequence[Running]:
        """Find operations without an answer that began before a time, the oldest first.

        Parameters
        ----------
        after_ms
            Those that began earlier than this are passed over.
        """
        values: dict[str, Value] = {"before_ms": before_ms, "after_ms": after_ms, "limit": limit}
        rows = self._database.read(Statement(_RUNNING, values))
        return [Running(row["id"], row["payment_id"], int(row["running_since_ms"]), row) for row in rows]

    def find(self, merchant: str, payment_id: str) -> Found:
        """Read a payment of a merchant.

        Raises
        ------
        PaymentNotFoundError
            The merchant has none of this id; another may have.
        """
        rows = self._database.read(Statement(_FIND_PAYMENT, {"merchant": merchant, "id": payment_id}))
        if not rows:
            raise PaymentNotFoundError(f"There is no payment {payment_id}.")
        return Found(records.payment(rows[0]), bool(rows[0]["has_backlog"]))

    def payment(self, payment_id: str) -> Payment | None:
        """Read a payment, whoever its merchant is: for the workflow and the resolver, which serve all."""
        rows = self._database.read(Statement("SELECT * FROM payments WHERE id = :id", {"id": payment_id}))
        return records.payment(rows[0]) if rows else None

    def payments(self, merchant: str, *, limit: int, before_id: str | None = None) -> Sequence[Payment]:
        """Read a merchant's payments, the newest first.

        Parameters
        ----------
        before_id
            The id after which the list goes on.
        """
        where = "merchant = :merchant" + (" AND id < :before_id" if before_id else "")
        values: dict[str, Value] = {"merchant": merchant, "limit": limit, "before_id": before_id}
        rows = self._database.read(
            Statement(f"SELECT * FROM payments WHERE {where} ORDER BY id DESC LIMIT :limit", values)  # noqa: S608
        )
        return [records.payment(row) for row in rows]

    def events(self, merchant: str, payment_id: str, *, limit: int, after_sequence: int = 0) -> Sequence[Event]:
        """Read the events of a merchant's payment in order; none if the merchant has no such payment."""
        values: dict[str, Value] = {
            "merchant": merchant,
            "payment_id": payment_id,
            "after": after_sequence,
            "limit": limit,
        }
        return [records.event(row) for row in self._database.read(Statement(_EVENTS, values))]

    def entries(
        self, merchant: str, account: Account, *, limit: int, before: tuple[str, int] | None = None
    ) -> Sequence[Entry]:
        """Read the entries of an account on a merchant's business, the newest operation's first.

        Parameters
        ----------
        before
            Operation id and line of the entry after which the list goes on.
        """
        operation_id, line = before or ("", 0)
        values: dict[str, Value] = {
            "merchant": merchant,
            "account": str(account),
            "limit": limit,
            "operation_id": operation_id,
            "line": line,
        }
        rows = self._database.read(Statement(_ENTRIES_BEFORE if before else _ENTRIES, values))
        return [records.entry(row) for row in rows]

    def balances(self, merchant: str, account: Account) -> Mapping[str, int]:
        """Add up an account on a merchant's business: currency → sum in minor units, debits positive."""
        rows = self._database.read(Statement(_BALANCES, {"merchant": merchant, "account": str(account)}))
        return {row["currency"]: int(row["total"]) for row in rows}

    def unpublished(self, payment_id: str, *, limit: int) -> Sequence[Event]:
        """Read a payment's events that are still to be published, in order."""
        rows = self._database.read(Statement(_UNPUBLISHED, {"payment_id": payment_id, "limit": limit}))
        return [records.event(row) for row in rows]

    def backlog(self, before_ms: int, limit: int, after_ms: int = 0) -> Sequence[Waiting]:
        """Find payments with events that have waited since before a time, the longest waiting first.

        Parameters
        ----------
        limit
            Most payments; there are fewer where some have very many events waiting.
        after_ms
            Events that have waited since before this are passed over.
        """
        values: dict[str, Value] = {
            "before_ms": before_ms,
            "after_ms": after_ms,
            "limit": limit * _EVENTS_OF_PAYMENT,
        }
        since_ms: dict[str, int] = {}
        for row in self._database.read(Statement(_BACKLOG, values)):
            since_ms.setdefault(row["payment_id"], int(row["unpublished_since_ms"]))
        return [Waiting(*each) for each in list(since_ms.items())[:limit]]

    def _one_operation(self, where: str, values: Mapping[str, Value]) -> Operation | None:
        rows = self._database.read(Statement(f"SELECT * FROM operations WHERE {where}", values))  # noqa: S608
        return records.operation(rows[0]) if rows else None

    def _is_written(self, event: Event) -> bool:
        values: dict[str, Value] = {"payment_id": event.payment_id, "sequence": event.sequence, "id": event.id}
        return bool(self._database.read(Statement(_EVENT_IS_THERE, values)))

    def _write(self, statements: Sequence[Statement], is_written: Callable[[], bool]) -> None:
        """Write a batch; where the connection ended during its commit, look whether it was committed.

        Looking can come too early, when the server is still at it. Then the repetition waits for the first one's locks
        and meets its keys: a duplicate that is our own.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._database.write(*statements)
            except CommitUnknownError:
                if is_written():
                    return
                if attempt == _ATTEMPTS:
                    raise
            except DuplicateError:
                if attempt > 1 and is_written():
                    return
                raise
            else:
                return


def _insert(table: str, *rows: Mapping[str, Value]) -> Statement:
    """Make one statement that inserts rows of the same columns."""
    columns = list(rows[0])
    values = {f"{column}_{number}": row[column] for number, row in enumerate(rows) for column in columns}
    tuples = ", ".join(
        "(" + ", ".join(f":{column}_{number}" for column in columns) + ")" for number in range(len(rows))
    )
    # Table and columns are this module's own words; what anybody else wrote is in the values.
    return Statement(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {tuples}", values)  # noqa: S608


_FREE_KEY: Final = "UPDATE operations SET idempotency_key = NULL WHERE id = :id AND answer IS NOT NULL"

# How many rows it changes is not looked at: where the version is another, the events' key has refused the batch.
_UPDATE_PAYMENT: Final = """
UPDATE payments
SET state = :state, version = :version, captured_minor = :captured_minor, refunded_minor = :refunded_minor,
    settled_minor = :settled_minor, reference = :reference, elevated_risk = :elevated_risk,
    failure_code = :failure_code, next_action_url = :next_action_url, resumes_as = :resumes_as
WHERE merchant = :merchant AND id = :id AND version = :before_version
"""

_END_OPERATION: Final = """
UPDATE operations SET answer = :answer, answered_at_ms = :at_ms, running_since_ms = NULL, card_token = NULL
WHERE id = :id
"""

_FREE_SESSION: Final = """
UPDATE operations SET session_id = NULL
WHERE merchant = :merchant AND session_id = :session_id AND payment_id = :id
"""

_MARK_PUBLISHED: Final = """
UPDATE events SET unpublished_since_ms = NULL
WHERE payment_id = :payment_id AND sequence IN ({numbers})
"""

_FIND_PAYMENT: Final = """
SELECT payments.*, EXISTS (
  SELECT 1 FROM events WHERE events.payment_id = payments.id AND events.unpublished_since_ms IS NOT NULL
) AS has_backlog
FROM payments WHERE merchant = :merchant AND id = :id
"""

_EVENTS: Final = """
SELECT * FROM events WHERE merchant = :merchant AND payment_id = :payment_id AND sequence > :after
ORDER BY sequence LIMIT :limit
"""

_EVENT_IS_THERE: Final = "SELECT 1 FROM events WHERE payment_id = :payment_id AND sequence = :sequence AND id = :id"

_ENTRIES: Final = """
SELECT * FROM entries WHERE merchant = :merchant AND account = :account
ORDER BY operation_id DESC, line DESC LIMIT :limit
"""

_ENTRIES_BEFORE: Final = """
SELECT * FROM entries WHERE merchant = :merchant AND account = :account
  AND (operation_id < :operation_id OR (operation_id = :operation_id AND line < :line))
ORDER BY operation_id DESC, line DESC LIMIT :limit
"""

_BALANCES: Final = """
SELECT currency, SUM(amount_minor) AS total FROM entries WHERE merchant = :merchant AND account = :account
GROUP BY currency ORDER BY currency
"""

_UNPUBLISHED: Final = """
SELECT * FROM events WHERE payment_id = :payment_id AND unpublished_since_ms IS NOT NULL
ORDER BY sequence LIMIT :limit
"""

_RUNNING: Final = """
SELECT * FROM operations WHERE running_since_ms >= :after_ms AND running_since_ms < :before_ms
ORDER BY running_since_ms LIMIT :limit
"""

# Without GROUP BY, for which every waiting row would be read, however many wait: the index has them in this order.
_BACKLOG: Final = """
SELECT payment_id, unpublished_since_ms FROM events
WHERE unpublished_since_ms >= :after_ms AND unpublished_since_ms < :before_ms
ORDER BY unpublished_since_ms, payment_id LIMIT :limit
"""
