"""What the port promises, on SQLite and on MariaDB alike."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tercet.payments.database import Database, Statement
from tercet.payments.database.opening import open_database
from tercet.payments.errors import DuplicateError, RefusedError
from tests.payments.database.parts import COUNT, entry, event

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text(
    st.sampled_from("'\"\\%_:;`-#/*\0\n\r\x1a\tab?€😀\u2028"), max_size=40
)


def test_a_batch_is_written_as_a_whole(database: Database) -> None:
    database.write(entry("op_1"), entry("op_2"), event(1))

    assert database.read(COUNT) == [{"n": 2}]


def test_a_duplicate_at_the_end_of_a_batch_undoes_its_beginning(database: Database) -> None:
    database.write(event(1))

    with pytest.raises(DuplicateError):
        database.write(entry("op_1"), entry("op_2"), event(1))

    assert database.read(COUNT) == [{"n": 0}]


@pytest.mark.parametrize(
    "fault",
    [
        entry("op_9", amount_minor=0),
        Statement("UPDATE entries SET amount_minor = 1"),
        Statement("DELETE FROM entries"),
        Statement("SELEC 1"),
        Statement("INSERT INTO no_such_table VALUES (1)"),
        Statement("SELECT :missing"),
        entry("op_9", merchant=None),  # type: ignore[arg-type]
        entry("op_9", amount_minor=2**63),
        entry("op_9", merchant="\ud800"),
    ],
    ids=["check", "update-trigger", "delete-trigger", "syntax", "table", "value", "null", "overflow", "surrogate"],
)
def test_a_statement_at_fault_is_refused_and_leaves_nothing(database: Database, fault: Statement) -> None:
    database.write(entry("op_1"))

    with pytest.raises(RefusedError):
        database.write(entry("op_2"), fault)
    with pytest.raises(RefusedError):
        database.write(fault)

    # Whoever comes next, on the same connection, is in no transaction but its own.
    database.write(entry("op_3"), event(1))
    assert database.read(COUNT) == [{"n": 2}]


def test_a_refusal_repeats_no_value(mariadb_url: str) -> None:
    database = open_database(mariadb_url)  # which says `Incorrect integer value: '…'`, and `Duplicate entry '…'`

    with pytest.raises(RefusedError) as refused:
        database.write(entry("op_1", amount_minor="tok_secret"))
    with pytest.raises(RefusedError) as cut_off:
        database.write(entry("op_1", currency="tok_secret"))
    database.write(entry("op_secret"))
    with pytest.raises(DuplicateError) as duplicate:
        database.write(entry("op_secret"))

    assert "secret" not in f"{refused.value} {cut_off.value} {duplicate.value}"
    assert "secret" in str(refused.value.__cause__)
    database.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(text=TEXTS)
def test_any_text_comes_back_as_it_was(database: Database, text: str) -> None:
    rows = database.read(Statement("SELECT :text AS text, ':text %s' AS quoted, :n AS n", {"text": text, "n": -5}))

    assert rows == [{"text": text, "quoted": ":text %s", "n": -5}]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(texts=st.lists(TEXTS, min_size=2, max_size=3))
def test_any_text_is_stored_as_it_is(database: Database, texts: list[str]) -> None:
    database.write(Statement("DELETE FROM events"))
    database.write(*(event(number, text) for number, text in enumerate(texts, 1)))

    rows = database.read(Statement("SELECT detail FROM events ORDER BY sequence"))
    assert [row["detail"] for row in rows] == texts
    found = database.read(Statement("SELECT COUNT(*) AS n FROM events WHERE detail = :text", {"text": texts[0]}))
    assert found[0]["n"] == texts.count(texts[0])


def test_of_many_threads_with_one_key_one_writes(database: Database) -> None:
    together = threading.Barrier(20)

    def attempt(_number: int) -> bool:
        together.wait()
        try:
            database.write(entry("op_1"), entry(None))
        except DuplicateError:
            return False
        return True

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(attempt, range(20))) == 1
    assert database.read(COUNT) == [{"n": 2}]


def test_it_opens_anew_after_it_was_closed(database: Database) -> None:
    database.write(entry("op_1"))
    database.close()

    assert database.read(COUNT) == [{"n": 1}]


def test_what_is_written_is_seen_by_another_opener(database: Database, database_url: str) -> None:
    other = open_database(database_url)
    assert other.read(COUNT) == [{"n": 0}]

    database.write(entry("op_1"))

    assert other.read(COUNT) == [{"n": 1}]
    other.close()


def test_codes_are_compared_byte_by_byte(database: Database) -> None:
    database.write(entry("op_a"), entry("OP_A"))

    rows = database.read(Statement("SELECT operation_id FROM entries WHERE operation_id = :id", {"id": "op_a"}))
    assert rows == [{"operation_id": "op_a"}]
