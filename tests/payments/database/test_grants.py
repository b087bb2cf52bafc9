"""The application user: all that the processor does is allowed to it, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pymysql
import pytest
from pymysql.constants import ER

from tercet.payments import execution, schema, store
from tercet.payments.acquirer.tokens import SILENCE_S
from tercet.payments.database.opening import open_database
from tercet.payments.deadline import Deadline
from tercet.payments.errors import ConfigurationError
from tercet.payments.idempotency import SKEW_MS
from tercet.payments.ledger import Account
from tercet.payments.migrations.grants import PRIVILEGES, grant
from tercet.payments.model import Kind, State
from tercet.payments.processor import Step
from tercet.payments.schema import require_known
from tests.payments.mariadb import MariaDb
from tests.payments.world import KEY_TTL_MS, World

USER = "payments"
PASSWORD = "a password with 'quotes' and a \\"

DENIED = {
    ER.TABLEACCESS_DENIED_ERROR,
    ER.DBACCESS_DENIED_ERROR,
    ER.ACCESS_DENIED_ERROR,
    ER.SPECIFIC_ACCESS_DENIED_ERROR,
}


@pytest.fixture
def name(mariadb_url: str) -> str:
    return urlsplit(mariadb_url).path[1:]


@pytest.fixture
def granted(mariadb: MariaDb, name: str) -> Iterator[str]:
    """The database's name, after the application user was made for it."""
    with closing(mariadb.connect(name)) as connection:
        grant(connection, USER, PASSWORD)
    yield name
    mariadb.execute(f"DROP USER IF EXISTS '{USER}'@'%'")


@pytest.fixture
def application(mariadb: MariaDb, granted: str) -> Iterator[pymysql.Connection[Any]]:
    """A connection of the application user."""
    with closing(connect(mariadb, granted)) as connection:
        yield connection


def connect(mariadb: MariaDb, name: str, password: str = PASSWORD) -> pymysql.Connection[Any]:
    return pymysql.connect(
        host="127.0.0.1", port=mariadb.port, user=USER, password=password, database=name, ssl_disabled=True
    )


def privileges(mariadb: MariaDb) -> set[tuple[str, str, str]]:
    """All that the application user may do anywhere, as the server tells it."""
    told = mariadb.execute(f"SHOW GRANTS FOR '{USER}'@'%'")
    found = set()
    for (line,) in told:
        match = re.match(r"GRANT (.+) ON (\S+)\.(\S+) TO ", line)
        assert match, line
        listed, database, table = match.groups()
        found |= {(each, database.strip("`"), table.strip("`")) for each in listed.split(", ") if each != "USAGE"}
    return found


def due(name: str) -> set[tuple[str, str, str]]:
    return {(privilege, name, table) for table, some in PRIVILEGES.items() for privilege in some}


def test_the_application_user_can_do_all_that_the_processor_does(
    mariadb: MariaDb, granted: str, tmp_path: Path
) -> None:
    with closing(connect(mariadb, granted)):
        pass
    database = open_database(f"mysql://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{mariadb.port}/{granted}")
    require_known(database)
    world = World(database, tmp_path)
    processor = world.processor

    payment = world.create(capture=False, session_id="cs_1", key="once").answer.payment
    assert world.create(capture=False, session_id="cs_1", key="once").is_replay
    for final in (False, True):
        processor.capture(world.caller(), world.key(), payment.id, amount_minor=400, final=final)
    refunded = processor.refund(world.caller(), world.key(), payment.id, amount_minor=100).answer.payment
    assert refunded.state is State.PARTIALLY_REFUNDED
    declined = world.create(token="tok_declined", session_id="cs_2").answer
    assert declined.payment.state is State.FAILED
    held = world.create(capture=False).answer.payment
    assert processor.void(world.caller(), world.key(), held.id).answer.payment.state is State.VOIDED
    challenged = world.create(token="tok_3ds").answer.payment
    assert processor.notify(world.caller(), challenged.id, Kind.AUTHENTICATE).state is State.AUTHORIZED
    disputed = world.create(token="tok_disputed").answer.payment
    for kind in (Kind.DISPUTE, Kind.DISPUTE_WON):
        processor.notify(world.caller(), disputed.id, kind)
    processor.step(Step.SETTLE, world.create().answer.payment.id, "w", Deadline.after(20))
    unknown = world.create(token="tok_unreachable_once").answer.payment
    assert unknown.state is State.UNKNOWN
    world.clock.shift_ms = (SILENCE_S + 1) * 1000 + execution.LEASE_MS
    assert world.resolve_all() == 1
    world.clock.shift_ms += KEY_TTL_MS + SKEW_MS + 1000
    assert not world.create(capture=False, key="once").is_replay, "an expired key is not free again"

    assert len(world.store.payments("acme", limit=50)) == 8
    assert world.store.events("acme", payment.id, limit=50)
    assert world.store.entries("acme", Account.PAYABLE, limit=50)
    assert world.store.balances("acme", Account.PAYABLE)["EUR"] < 0
    assert list(world.store.backlog(world.clock() + 1, 50)) == []
    database.close()


def test_the_privileges_are_those_of_the_list(mariadb: MariaDb, granted: str) -> None:
    assert privileges(mariadb) == due(granted)


def test_the_list_is_what_the_statements_need() -> None:
    """A statement that is new, or gone, changes what the application user must be able to do."""
    needed: dict[str, set[str]] = {table: set() for table in PRIVILEGES}
    for module in (store, schema):
        text = Path(module.__file__).read_text()
        for table, some in needed.items():
            some |= {"SELECT"} if re.search(rf"\b(FROM|JOIN) {table}\b", text) else set()
            some |= {"INSERT"} if re.search(rf'INSERT INTO {table}\b|_insert\("{table}"', text) else set()
            some |= {"UPDATE"} if re.search(rf"\bUPDATE {table}\b", text) else set()
            some |= {"DELETE"} if re.search(rf"\bDELETE FROM {table}\b", text) else set()
    assert needed == PRIVILEGES


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET amount_minor = 1",
        "DELETE FROM entries",
        "DELETE FROM payments",
        "DELETE FROM operations",
        "DELETE FROM events",
        "TRUNCATE TABLE entries",
        "UPDATE schema_version SET version = 2",
        "INSERT INTO schema_version (id, version, oldest_compatible) VALUES (1, 2, 2)",
        "SELECT * FROM alembic_version",
        "SELECT * FROM mysql.global_priv",
        "CREATE TABLE another (id INTEGER)",
        "CREATE TEMPORARY TABLE another (id INTEGER)",
        "ALTER TABLE entries ADD COLUMN another INTEGER",
        "CREATE INDEX another ON entries (line)",
        "DROP TABLE entries",
        "DROP TRIGGER entries_no_delete",
        "CREATE USER another",
        "GRANT SELECT ON entries TO another",
        "SET GLOBAL read_only = 1",
        "LOCK TABLES entries READ",
    ],
)
def test_everything_else_is_refused(application: pymysql.Connection[Any], statement: str) -> None:
    with application.cursor() as cursor, pytest.raises(pymysql.MySQLError) as refusal:
        cursor.execute(statement)
    assert refusal.value.args[0] in DENIED, refusal.value


def test_what_was_too_much_is_taken_away_and_what_is_due_is_never_missing(mariadb: MariaDb, granted: str) -> None:
    mariadb.execute(
        f"GRANT DELETE, ALTER ON {granted}.entries TO '{USER}'@'%'",
        f"GRANT CREATE, SELECT ON {granted}.* TO '{USER}'@'%'",
        f"GRANT PROCESS ON *.* TO '{USER}'@'%'",
        f"REVOKE INSERT ON {granted}.payments FROM '{USER}'@'%'",
        "CREATE DATABASE IF NOT EXISTS elsewhere",
        "CREATE TABLE IF NOT EXISTS elsewhere.payments (id INTEGER)",
        f"GRANT SELECT ON elsewhere.payments TO '{USER}'@'%'",
    )
    with closing(mariadb.connect(granted)) as connection:
        grant(connection, USER, PASSWORD)
    assert privileges(mariadb) == due(granted)


def test_a_repetition_changes_nothing_and_ends_no_connection(
    mariadb: MariaDb, granted: str, application: pymysql.Connection[Any]
) -> None:
    with closing(mariadb.connect(granted)) as connection:
        grant(connection, USER, PASSWORD)
    with application.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM payments")
        assert cursor.fetchall() == ((0,),)
    assert privileges(mariadb) == due(granted)


def test_the_password_becomes_the_one_that_is_given(mariadb: MariaDb, granted: str) -> None:
    with closing(mariadb.connect(granted)) as connection:
        grant(connection, USER, "another")
    connect(mariadb, granted, "another").close()
    with pytest.raises(pymysql.err.OperationalError) as refusal:
        connect(mariadb, granted)
    assert refusal.value.args[0] == ER.ACCESS_DENIED_ERROR


def test_no_statement_holds_the_password(mariadb: MariaDb, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    execute = pymysql.connections.Connection._execute_command  # type: ignore[attr-defined]

    def noted(connection: Any, command: int, sql: Any) -> None:
        sent.append(sql if isinstance(sql, bytes) else str(sql).encode())
        execute(connection, command, sql)

    monkeypatch.setattr(pymysql.connections.Connection, "_execute_command", noted)
    with closing(mariadb.connect(name)) as connection:
        grant(connection, USER, "open-sesame")
    mariadb.execute(f"DROP USER '{USER}'@'%'")
    assert any(b"CREATE USER" in each for each in sent)
    assert not any(b"open-sesame" in each for each in sent)


@pytest.mark.parametrize("user", ["", "x'@'%", "root@localhost", "a b", "u" * 33, "ü"])
def test_a_user_that_is_no_name_is_refused_before_anything_is_sent(user: str) -> None:
    with pytest.raises(ConfigurationError, match="database/user"):
        grant(None, user, PASSWORD)
