"""Whether any payment was lost, made twice, or written down wrongly: the judge of every fault.

It compares what nobody in the processor can have agreed upon: what callers were told, what the acquirer's own journal
says it did, and the rows of the database, read with plain SQL. It asks the processor for nothing but the repetition of
an answer.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from tercet.payments.acquirer.journal import Journal, Record, effects
from tercet.payments.database import Database, Row, Statement
from tercet.payments.execution import Result
from tercet.payments.ledger import Account
from tercet.payments.model import Event, Kind, Payment, State
from tercet.payments.store import Store


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    """What a caller was told, and must find true for ever after.

    Parameters
    ----------
    intent
        What the caller wanted, whatever it was called: the correlation id of every attempt at it.
    is_running
        It was told that the outcome is not known yet.
    is_bare
        It was told of the payment only, not whether the operation was declined: the workflow, and the acquirer.
    """

    merchant: str
    intent: str
    payment_id: str
    state: str
    version: int
    captured_minor: int
    refunded_minor: int
    settled_minor: int
    declined: str | None = None
    is_running: bool = False
    is_bare: bool = False

    @classmethod
    def of(cls, intent: str, result: Result) -> Self:
        bare = cls.of_payment(intent, result.answer.payment)
        return replace(bare, declined=result.answer.declined, is_running=result.is_running, is_bare=False)

    @classmethod
    def of_payment(cls, intent: str, payment: Payment) -> Self:
        return cls(
            merchant=payment.merchant,
            intent=intent,
            payment_id=payment.id,
            state=str(payment.state),
            version=payment.version,
            captured_minor=payment.captured_minor,
            refunded_minor=payment.refunded_minor,
            settled_minor=payment.settled_minor,
            is_bare=True,
        )


@dataclass(kw_only=True)
class Verdict:
    """What was found: counts of what was looked at, and a list of violations of each sort."""

    payments: int = 0
    operations: int = 0
    effects: int = 0
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    """A caller was told of what is not there."""
    contradicted: list[str] = field(default_factory=list)
    """Callers were told different things of one intent."""
    doubled: list[str] = field(default_factory=list)
    """The acquirer did something twice that was wanted once."""
    stray: list[str] = field(default_factory=list)
    """The acquirer did something that no operation tells of."""
    unbalanced: list[str] = field(default_factory=list)
    """Ledger entries that do not add up to zero."""
    overdrawn: list[str] = field(default_factory=list)
    """More was captured than authorized, or more refunded or settled than captured."""
    diverging: list[str] = field(default_factory=list)
    """The payment, its ledger and the acquirer's journal tell different amounts or ends."""
    disordered: list[str] = field(default_factory=list)
    """Events that are not 1, 2, 3 … up to the payment's version, or rows that do not belong together."""
    stuck: list[str] = field(default_factory=list)
    """A payment is unknown, and there is no operation left that would make it known."""
    unresolved: list[str] = field(default_factory=list)
    """Something is unanswered still, though it was time to have it resolved."""

    @property
    def violations(self) -> Mapping[str, Sequence[str]]:
        """Sort → violations, where there are any."""
        lists = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: found for name, found in lists.items() if isinstance(found, list) and found}

    def assert_sound(self) -> None:
        """Fail, with the counts and the first violations of each sort, if there is any violation."""
        assert not self.violations, f"{self}"

    def __str__(self) -> str:
        lines = [
            f"{self.payments} payments, {self.operations} operations, {self.effects} effects at the acquirer, "
            f"{self.acknowledged} answers to callers"
        ]
        for name, found in self.violations.items():
            lines += [f"{name} {len(found)}:", *(f"  {each}" for each in found[:5])]
        return "\n".join(lines)


def check(
    database: Database,
    journal: Journal,
    acknowledged: Iterable[Acknowledgement] = (),
    *,
    is_settled: bool = True,
) -> Verdict:
    """Judge a database against the acquirer's journal and the callers' answers. Nobody may be writing meanwhile.

    Parameters
    ----------
    is_settled
        Whether all that was left unanswered has been resolved since. If not, what is still running is not judged.
    """
    books = _Books(database, effects(journal.records()), tuple(acknowledged))
    verdict = Verdict(
        payments=len(books.payments),
        operations=len(books.operations),
        effects=len(books.effects),
        acknowledged=len(books.acknowledged),
    )
    _check_acknowledged(books, verdict)
    _check_effects(books, verdict)
    _check_ledger(books, verdict)
    _check_amounts(books, verdict)
    _check_events(books, verdict)
    _check_operations(books, verdict, is_settled=is_settled)
    return verdict


class _Books:
    """Everything, read once."""

    def __init__(self, database: Database, done: Sequence[Record], acknowledged: tuple[Acknowledgement, ...]) -> None:
        self.effects = done
        self.acknowledged = acknowledged
        self.payments = {row["id"]: row for row in _rows(database, "payments", "id")}
        self.operations = {row["id"]: row for row in _rows(database, "operations", "id")}
        self.entries = _rows(database, "entries", "operation_id, line")
        self.events: dict[str, dict[int, Row]] = defaultdict(dict)
        for row in _rows(database, "events", "payment_id, sequence"):
            self.events[row["payment_id"]][int(row["sequence"])] = row
        self.running: dict[str, list[Row]] = defaultdict(list)
        for row in self.operations.values():
            if row["answer"] is None:
                self.running[row["payment_id"]].append(row)
        self.store = Store(database)


def _rows(database: Database, table: str, order: str) -> Sequence[Row]:
    return database.read(Statement(f"SELECT * FROM {table} ORDER BY {order}"))


_AMOUNTS = ("captured_minor", "refunded_minor", "settled_minor")


def _check_acknowledged(books: _Books, verdict: Verdict) -> None:
    told: dict[tuple[str, str], Acknowledgement] = {}
    for told_now in books.acknowledged:
        if reason := _why_lost(books, told_now):
            verdict.lost.append(f"{told_now.intent}: {reason} ({told_now})")
        if told_now.is_running or told_now.is_bare:
            continue  # who is told of the payment only may find it further on the next time
        told_first = told.setdefault((told_now.merchant, told_now.intent), told_now)
        if told_now != told_first:
            verdict.contradicted.append(f"{told_now.intent}: first {told_first}, then {told_now}")


def _why_lost(books: _Books, told: Acknowledgement) -> str | None:
    payment = books.payments.get(told.payment_id)
    if payment is None or payment["merchant"] != told.merchant:
        return "there is no such payment"
    for name in ("version", *_AMOUNTS):
        if int(payment[name]) < getattr(told, name):
            return f"{name} was {getattr(told, name)} and is {payment[name]}"
    event = books.events[told.payment_id].get(told.version)
    if event is None:
        return f"there is no event {told.version}"
    detail = json.loads(event["detail"])
    if any(detail[name] != getattr(told, name) for name in ("state", *_AMOUNTS)):
        return f"event {told.version} tells otherwise: {detail}"
    if told.is_running:
        return None
    operation = books.store.operation(event["operation_id"])
    if operation is None or operation.answer is None:
        return "a repetition would not get the answer"
    again = Acknowledgement.of(told.intent, Result(answer=operation.answer))
    if told.is_bare:
        again = replace(again, declined=None, is_bare=True)
    return None if again == told else f"a repetition would be told {again}"


def _check_effects(books: _Books, verdict: Verdict) -> None:
    counts: Counter[tuple[str, ...]] = Counter()
    for effect in books.effects:
        counts[("operation", effect.operation_id)] += 1
        operation = books.operations.get(effect.operation_id)
        if operation is None:
            verdict.stray.append(f"no operation: {effect}")
            continue
        asked = (operation["payment_id"], operation["kind"], int(operation["amount_minor"]))
        if asked != (effect.payment_id, str(effect.kind), effect.amount_minor):
            verdict.stray.append(f"operation {operation['id']} asked for {asked}, done was {effect}")
        if operation["idempotency_key"] is not None:
            counts[("key", operation["merchant"], operation["idempotency_key"])] += 1
        if operation["actor"] == "merchant":
            counts[("intent", operation["merchant"], operation["correlation_id"])] += 1
    verdict.doubled += [f"{' '.join(name)}: {count} effects" for name, count in counts.items() if count > 1]


def _check_ledger(books: _Books, verdict: Verdict) -> None:
    sums: Counter[tuple[str, str]] = Counter()
    for entry in books.entries:
        amount, currency = int(entry["amount_minor"]), entry["currency"]
        sums[("all of", currency)] += amount
        sums[(entry["operation_id"], currency)] += amount
        payment = books.payments.get(entry["payment_id"])
        if payment is None or (payment["merchant"], payment["currency"]) != (entry["merchant"], currency):
            verdict.disordered.append(f"an entry of {entry['operation_id']} does not fit its payment")
    verdict.unbalanced += [f"{whose} {currency}: {total}" for (whose, currency), total in sums.items() if total]


def _check_amounts(books: _Books, verdict: Verdict) -> None:
    posted = _posted(books)
    done = _done(books.effects)
    for payment_id, payment in books.payments.items():
        amounts = tuple(int(payment[name]) for name in _AMOUNTS)
        captured, refunded, settled = amounts
        if captured > int(payment["amount_minor"]) or refunded > captured or settled > captured or min(amounts) < 0:
            verdict.overdrawn.append(f"{payment_id}: {amounts} of {payment['amount_minor']}")
        in_ledger = tuple(posted[payment_id][name] for name in _AMOUNTS)
        if in_ledger != amounts:
            verdict.diverging.append(f"{payment_id}: payment {amounts}, ledger {in_ledger}")
        if books.running[payment_id]:
            continue  # the acquirer may be ahead of us, or we may not know yet that it did nothing
        at_acquirer = tuple(done[payment_id][name] for name in _AMOUNTS)
        if at_acquirer != amounts:
            verdict.diverging.append(f"{payment_id}: payment {amounts}, acquirer {at_acquirer}")
        if reason := _why_another_end(payment, done[payment_id]):
            verdict.diverging.append(f"{payment_id}: {reason}")
    for payment_id in done.keys() - books.payments.keys():
        if not books.running[payment_id]:
            verdict.diverging.append(f"{payment_id}: the acquirer knows it, and there is no payment")


_COLUMN = {
    Kind.AUTHORIZE: "captured_minor",
    Kind.AUTHENTICATE: "captured_minor",
    Kind.CAPTURE: "captured_minor",
    Kind.REFUND: "refunded_minor",
    Kind.SETTLE: "settled_minor",
}


def _posted(books: _Books) -> Mapping[str, Counter[str]]:
    """Payment → the amounts that its ledger entries tell."""
    posted: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in books.entries:
        operation = books.operations.get(entry["operation_id"])
        column = _COLUMN.get(Kind(operation["kind"])) if operation else None
        # Of each pair of entries the one that is not the receivable's counterpart, counted as what was moved.
        account = Account.BANK if column == "settled_minor" else Account.PAYABLE
        if column and entry["account"] == account:
            posted[entry["payment_id"]][column] += abs(int(entry["amount_minor"]))
    return posted


def _done(records: Iterable[Record]) -> Mapping[str, Counter[str]]:
    """Payment → amounts that the acquirer moved, and how often it did something of each kind."""
    done: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        of_payment = done[str(record.payment_id)]
        of_payment[str(record.kind)] += 1
        of_payment["captured_minor"] += record.charged_minor
        if record.kind in {Kind.REFUND, Kind.SETTLE}:
            of_payment[_COLUMN[record.kind]] += record.amount_minor
    return done


def _why_another_end(payment: Row, done: Counter[str]) -> str | None:
    state = State(payment["state"])
    is_authorized = done["authorize"] + done["authenticate"] > 0
    if state is State.FAILED and is_authorized and not done["void"]:
        return "failed, but the acquirer authorized it"
    if state is State.VOIDED and not done["void"]:
        return "voided, but the acquirer did not"
    if state not in {State.VOIDED, State.UNKNOWN} and done["void"]:
        return f"{state}, but the acquirer voided it"
    if state not in {State.FAILED, State.REQUIRES_ACTION, State.VOIDED} and not is_authorized:
        return f"{state}, but the acquirer never authorized it"
    is_disputed = state in {State.DISPUTED, State.WON, State.LOST}
    if is_disputed and not done["dispute"]:
        return f"{state}, but the acquirer knows of no dispute"
    return None


def _check_events(books: _Books, verdict: Verdict) -> None:
    for payment_id in books.payments.keys() | books.events.keys():
        payment = books.payments.get(payment_id)
        sequences = sorted(books.events[payment_id])
        if payment is None or sequences != list(range(1, int(payment["version"]) + 1)):
            version = payment["version"] if payment else "none"
            verdict.disordered.append(f"{payment_id}: version {version}, events {sequences}")
            continue
        events = list(books.events[payment_id].values())
        strangers = [row["id"] for row in events if row["operation_id"] not in books.operations]
        if strangers or json.loads(events[-1]["detail"])["state"] != payment["state"]:
            verdict.disordered.append(f"{payment_id}: the last event does not tell its state, or strangers {strangers}")
        kinds = [row["kind"] for row in events]
        if kinds[0] != "payment.created" or kinds.count("payment.created") != 1:
            verdict.disordered.append(f"{payment_id}: it was not created once, at first: {kinds}")
        told = Counter((row["operation_id"], row["kind"]) for row in events)
        repeated = [f"{kind} of {operation_id}" for (operation_id, kind), count in told.items() if count > 1]
        if repeated:
            verdict.disordered.append(f"{payment_id}: an operation was finished twice: {repeated}")


def _check_operations(books: _Books, verdict: Verdict, *, is_settled: bool) -> None:
    for row in books.operations.values():
        is_running = row["answer"] is None
        if is_running is (row["running_since_ms"] is None):
            verdict.disordered.append(f"{row['id']}: running_since_ms and answer contradict each other")
        if not is_running and row["card_token"] is not None:
            verdict.disordered.append(f"{row['id']}: it is answered, and its card token is still there")
        if is_settled and is_running:
            verdict.unresolved.append(f"{row['id']} ({row['kind']} of {row['payment_id']}) has no answer")
    for payment_id, payment in books.payments.items():
        if payment["state"] == State.UNKNOWN and not books.running[payment_id]:
            verdict.stuck.append(f"{payment_id}: unknown, and no operation is running")
        if len(books.running[payment_id]) > 1:
            ids = [row["id"] for row in books.running[payment_id]]
            verdict.disordered.append(f"{payment_id}: several operations are running: {ids}")


def check_published(database: Database, published: Sequence[Event]) -> list[str]:
    """Judge what reached the bus: every event, as it was written, in order, and nothing left in the outbox.

    Parameters
    ----------
    published
        In the order in which the bus took them; the same event may be there several times.

    Returns
    -------
    list of str
        Violations. An event that comes again is none: order is that of the first occurrences.
    """
    violations = [
        f"{row['payment_id']}: event {row['sequence']} waits in the outbox"
        for row in _rows(database, "events", "payment_id, sequence")
        if row["unpublished_since_ms"] is not None
    ]
    firsts: dict[str, Event] = {}
    orders: dict[str, list[int]] = defaultdict(list)
    for event in published:
        if event.id not in firsts:
            firsts[event.id] = event
            orders[event.payment_id].append(event.sequence)
        elif event != firsts[event.id]:
            violations.append(f"{event.id} was published with two contents")
    for payment_id, order in orders.items():
        if order != sorted(order):
            violations.append(f"{payment_id}: first published in the order {order}")
    written = {row["id"]: row for row in _rows(database, "events", "payment_id, sequence")}
    violations += [f"{each} was written and never published" for each in written.keys() - firsts.keys()]
    violations += [f"{each} was published and never written" for each in firsts.keys() - written.keys()]
    return violations


def as_json(value: Acknowledgement) -> dict[str, Any]:
    """Give what was told, for a file."""
    return {each.name: getattr(value, each.name) for each in fields(value)}
