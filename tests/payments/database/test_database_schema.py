"""What the schema itself refuses, whoever asks: amounts that cannot be, a second one of what there is one of."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tercet.payments.database import Database, Statement, Value
from tercet.payments.database.opening import open_database
from tercet.payments.errors import DuplicateError, RefusedError
from tests.payments.database.parts import entry, event
from tests.payments.mariadb import MariaDb

PAYMENT: dict[str, Value] = {
    "merchant": "acme",
    "id": "pay_1",
    "amount_minor": 1000,
    "currency": "EUR",
    "capture": 1,
    "metadata": "{}",
    "state": "captured",
    "version": 1,
    "created_at_ms": 1,
    "captured_minor": 0,
    "refunded_minor": 0,
    "settled_minor": 0,
    "elevated_risk": 0,
}
OPERATION: dict[str, Value] = {
    "id": "op_1",
    "merchant": "acme",
    "idempotency_key": "key-1",
    "payment_id": "pay_1",
    "version": 0,
    "kind": "authorize",
    "actor": "merchant",
    "amount_minor": 1000,
    "final": 0,
    "session_id": "cs_1",
    "correlation_id": "c",
    "created_at_ms": 1,
}


def insert(table: str, row: dict[str, Value]) -> Statement:
    return Statement(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})", row)


def payment(**values: Value) -> Statement:
    return insert("payments", {**PAYMENT, **values})


def operation(**values: Value) -> Statement:
    return insert("operations", {**OPERATION, **values})


def is_written(database: Database, statement: Statement) -> bool:
    try:
        database.write(statement)
    except RefusedError:
        return False
    return True


AMOUNTS = st.integers(-2, 4)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(amount=AMOUNTS, captured=AMOUNTS, refunded=AMOUNTS, settled=AMOUNTS)
def test_a_payments_amounts_are_within_each_other(
    database: Database, amount: int, captured: int, refunded: int, settled: int
) -> None:
    database.write(Statement("DELETE FROM payments"))
    amounts: dict[str, Value] = {
        "amount_minor": amount,
        "captured_minor": captured,
        "refunded_minor": refunded,
        "settled_minor": settled,
    }
    may_be = amount > 0 and 0 <= captured <= amount and 0 <= refunded <= captured and 0 <= settled <= captured

    assert is_written(database, payment(**amounts)) is may_be

    database.write(Statement("DELETE FROM payments"), payment())
    change = ", ".join(f"{name} = :{name}" for name in amounts)
    assert is_written(database, Statement(f"UPDATE payments SET {change}", amounts)) is may_be


@pytest.mark.parametrize(
    ("statement", "may_be"),
    [
        (payment(version=0), False),
        (payment(version=1), True),
        (operation(amount_minor=-1), False),
        (operation(amount_minor=0), True),
        (entry(amount_minor=0), False),
        (entry(amount_minor=-(2**63)), True),
        (entry(amount_minor=2**63 - 1), True),
        (event(0), False),
        (event(1), True),
    ],
    ids=str,
)
def test_amounts_and_numbers_are_in_their_range(database: Database, statement: Statement, may_be: bool) -> None:
    assert is_written(database, statement) is may_be


@pytest.mark.parametrize(
    ("second", "may_be"),
    [
        (operation(), False),
        (operation(id="op_2", version=1, session_id=None), False),
        (operation(id="op_2", idempotency_key=None, session_id=None), False),
        (operation(id="op_2", idempotency_key=None, version=1), False),
        (operation(id="op_2", idempotency_key=None, version=1, session_id=None), True),
        (operation(id="op_2", merchant="other", payment_id="pay_2"), True),
        (operation(id="op_2", idempotency_key="KEY-1", version=1, session_id="CS_1"), True),
        (payment(), False),
        (payment(merchant="other"), False),
        (payment(id="pay_2"), True),
        (entry("op_1"), False),
        (entry("op_1", line=2), True),
        (event(1), False),
        (event(2), True),
    ],
    ids=[
        "operation",
        "key",
        "version",
        "session",
        "neither-key-nor-session",
        "of-another-merchant",
        "in-another-spelling",
        "payment",
        "payment-of-another-merchant",
        "another-payment",
        "entry",
        "another-line",
        "event",
        "another-event",
    ],
)
def test_there_is_one_of_each(database: Database, second: Statement, may_be: bool) -> None:
    database.write(operation(), payment(), entry("op_1"), event(1))
    if may_be:
        database.write(second)
    else:
        with pytest.raises(DuplicateError):
            database.write(second)


@pytest.mark.parametrize("change", ["UPDATE entries SET line = 2", "DELETE FROM entries"])
def test_entries_are_only_ever_added(database: Database, change: str) -> None:
    database.write(entry("op_1"), entry("op_2"))
    before = database.read(Statement("SELECT * FROM entries ORDER BY operation_id"))

    with pytest.raises(RefusedError) as refusal:
        database.write(Statement(f"{change} WHERE operation_id = 'op_1'"))

    assert "Post a correction" in str(refusal.value.__cause__), "it was refused for something else"
    assert database.read(Statement("SELECT * FROM entries ORDER BY operation_id")) == before


def test_not_even_the_administrator_changes_an_entry(mariadb: MariaDb, mariadb_url: str) -> None:
    name = mariadb_url.rsplit("/", 1)[1]
    columns = "operation_id, line, payment_id, merchant, account, currency, amount_minor, correlation_id, created_at_ms"
    values = "'op_1', 1, 'pay_1', 'acme', 'payable', 'EUR', 1, 'c', 1"
    mariadb.execute(f"INSERT INTO {name}.entries ({columns}) VALUES ({values})")

    for change in ("UPDATE {}.entries SET amount_minor = 2", "DELETE FROM {}.entries"):
        with pytest.raises(Exception, match="Post a correction"):
            mariadb.execute(change.format(name))

    assert mariadb.execute(f"SELECT amount_minor FROM {name}.entries") == [(1,)]


@pytest.mark.parametrize(
    ("statement", "longest"),
    [(lambda text: payment(merchant=text), 128), (lambda text: operation(idempotency_key=text), 255)],
    ids=["merchant", "key"],
)
def test_a_text_that_is_too_long_is_refused_and_not_cut_off(
    mariadb: MariaDb, mariadb_url: str, statement: Any, longest: int
) -> None:
    """Even by a server that would cut it off: what Aurora is without a parameter of ours."""
    mariadb.execute("SET GLOBAL sql_mode = 'NO_ENGINE_SUBSTITUTION'")
    try:
        database = open_database(mariadb_url)
        database.write(statement("m" * longest))
        with pytest.raises(RefusedError):
            database.write(statement("m" * (longest + 1)))
        with pytest.raises(RefusedError):
            database.write(statement("é"))
        database.close()
    finally:
        mariadb.execute("SET GLOBAL sql_mode = DEFAULT")
