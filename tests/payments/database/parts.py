"""What the tests of the database share."""

from __future__ import annotations

import itertools
from typing import Final

from tercet.payments.database import Statement

_NUMBERS: Final = itertools.count(1)

COUNT: Final = Statement("SELECT COUNT(*) AS n FROM entries")
ONE_EVENT: Final = {"payment_id": "pay_1", "merchant": "acme", "kind": "payment.captured", "operation_id": "op_1"}


def entry(operation_id: str | None = None, **values: str | int) -> Statement:
    """Post a line of the ledger: the shortest table with a key of its own."""
    row: dict[str, str | int] = {
        "operation_id": operation_id or f"op_{next(_NUMBERS)}",
        "line": 1,
        "payment_id": "pay_1",
        "merchant": "acme",
        "account": "payable",
        "currency": "EUR",
        "amount_minor": 100,
        "correlation_id": "c",
        "created_at_ms": 1,
        **values,
    }
    columns = ", ".join(row)
    return Statement(f"INSERT INTO entries ({columns}) VALUES ({', '.join(f':{name}' for name in row)})", row)


def event(sequence: int, detail: str = "{}") -> Statement:
    """Write an event: a table whose rows may be changed, with a text of any kind."""
    return Statement(
        "INSERT INTO events (payment_id, sequence, id, merchant, kind, detail, operation_id, created_at_ms) "
        "VALUES (:payment_id, :sequence, :id, :merchant, :kind, :detail, :operation_id, 1)",
        {**ONE_EVENT, "sequence": sequence, "id": f"evt_{sequence}", "detail": detail},
    )


def touch(sequence: int) -> Statement:
    """Lock an event's row, and change it."""
    return Statement(
        "UPDATE events SET created_at_ms = created_at_ms + 1 WHERE payment_id = :payment_id AND sequence = :sequence",
        {"payment_id": "pay_1", "sequence": sequence},
    )
