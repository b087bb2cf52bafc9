"""The sandbox's journal as a port: every decision of the sandbox, appended, never rewritten.

It is the sandbox's memory and, to the tests, the truth about what was done: whatever the processor believes, the card
was charged as often as the journal says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, NamedTuple, Protocol

from tercet.payments.acquirer import ActionRequired, Approved, Declined, Outcome
from tercet.payments.model import Kind


@dataclass(frozen=True, kw_only=True)
class Record:
    """One decision about one operation.

    Parameters
    ----------
    operation_id
        Whose.
    at_ms
        When, in milliseconds since 1970.
    outcome
        What was decided, for good; ``None`` for a submission that is to be taken for lost, and has no effect.
    payment_id, kind, amount_minor, currency, final
        What was asked for; unknown of an operation that was reversed before it arrived.
    reference
        The authorization that it made or refers to.
    card
        The authorization's test token; ``None`` if it is not one.
    fingerprint
        A digest of the whole instruction, by which another one under the same operation id is recognized.
    """

    operation_id: str
    at_ms: int
    outcome: Outcome | None
    payment_id: str | None = None
    kind: Kind | None = None
    amount_minor: int = 0
    currency: str | None = None
    final: bool = False
    reference: str | None = None
    card: str | None = None
    fingerprint: str | None = None

    @property
    def is_effect(self) -> bool:
        """Whether something was done: held, captured, given back, released, paid out or disputed."""
        return isinstance(self.outcome, Approved)

    @property
    def charged_minor(self) -> int:
        """How much was taken from the card, in the currency's minor unit."""
        if not isinstance(self.outcome, Approved):
            return 0
        is_charge = self.kind is Kind.CAPTURE or (self.kind is Kind.AUTHORIZE and self.outcome.captured)
        return self.amount_minor if is_charge else 0


class Past(NamedTuple):
    """What a decision may depend on.

    Parameters
    ----------
    operation
        All records of the operation, oldest first.
    payment
        All records of its payment, oldest first.
    """

    operation: Sequence[Record]
    payment: Sequence[Record]


Decision = Callable[[Past], Record]
"""Gives the record to append; or the last one of the operation, if nothing is to be appended. Has no side effects: it
may be called several times."""


class Decided(NamedTuple):
    """What was decided.

    Parameters
    ----------
    is_new
        Whether it was decided just now, rather than earlier.
    """

    record: Record
    is_new: bool


class Journal(Protocol):
    """A durable, append-only log that decides and appends in one step, whoever else does so at the same time.

    Every method may raise :class:`~tercet.payments.errors.AcquirerUnavailable`: then whether a record was appended is
    unknown until the journal is read.
    """

    def decide(self, operation_id: str, payment_id: str | None, decision: Decision) -> Decided:
        """Decide by the past and append what was decided, so that nobody else appends in between.

        Parameters
        ----------
        payment_id
            ``None`` if only the operation's own past matters.
        """

    def operation(self, operation_id: str) -> Sequence[Record]:
        """Read all records of an operation, oldest first."""

    def records(self) -> Iterator[Record]:
        """Read everything; the records of each operation oldest first."""


def effects(records: Iterable[Record]) -> list[Record]:
    """Pick the records of what was done."""
    return [record for record in records if record.is_effect]


def charges(records: Iterable[Record]) -> list[Record]:
    """Pick the records of what took money from a card: an operation's id must not come twice."""
    return [record for record in records if record.charged_minor]


_OUTCOMES: Final[dict[str, type[Approved] | type[Declined] | type[ActionRequired]]] = {
    "approved": Approved,
    "declined": Declined,
    "action_required": ActionRequired,
}
_NAMES: Final = {kind: name for name, kind in _OUTCOMES.items()}
_DEFAULTS: Final = {each.name: each.default for each in fields(Record)}


def encode(record: Record) -> str:
    """Write a record as one line of JSON, without what it does not tell."""
    told = {name: getattr(record, name) for name in _DEFAULTS}
    document: dict[str, Any] = {name: value for name, value in told.items() if value != _DEFAULTS[name]}
    if record.outcome is not None:
        document["outcome"] = {_NAMES[type(record.outcome)]: asdict(record.outcome)}
    return json.dumps(document, separators=(",", ":"))


def decode(line: str | bytes) -> Record:
    """Read a record from one line of JSON.

    Raises
    ------
    ValueError
        It is not one: somebody else has written to the journal.
    """
    try:
        document = json.loads(line)
        if outcome := document.get("outcome"):
            ((name, members),) = outcome.items()
            document["outcome"] = _OUTCOMES[name](**members)
        if "kind" in document:
            document["kind"] = Kind(document["kind"])
        return Record(**document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"The sandbox's journal holds a line that is not a record of it: {line[:200]!r}.") from error
