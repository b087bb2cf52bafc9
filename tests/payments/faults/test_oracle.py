"""The oracle notices: each sort of violation, made by hand in a sound database, is found and called by its name."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tercet.payments.database.opening import open_database, sqlite_path
from tercet.payments.model import Kind
from tests.payments.faults.callers import ask_until_answered
from tests.payments.faults.room import Room
from tests.payments.faults.scenarios import prepare
from tests.payments.oracle import Verdict, check_published

TAMPERED = {
    "lost": ["DELETE FROM payments"],
    "unbalanced": ["UPDATE entries SET amount_minor = amount_minor + 1 WHERE line = 1"],
    "diverging": ["UPDATE payments SET captured_minor = captured_minor - 1"],
    "disordered": ["DELETE FROM events WHERE sequence = 1"],
    "stuck": ["UPDATE payments SET state = 'unknown'"],
    "unresolved": ["UPDATE operations SET answer = NULL, running_since_ms = 1"],
    "stray": ["DELETE FROM operations"],
    "doubled": ["UPDATE operations SET correlation_id = 'act-1', actor = 'merchant'"],
    "contradicted": [],
}
"""Sort of violation → what is done to the database."""


@pytest.fixture
def room(sqlite_url: str, tmp_path: Path) -> Room:
    """A room in which a payment was made, captured in part and settled."""
    room = Room(open_database(sqlite_url), tmp_path)
    intent = prepare(room.processor, "capture a part", "acme", room.answers.note)
    told = ask_until_answered(room.processor, intent, room.answers.note)
    settle = replace(intent, kind=Kind.SETTLE, name="settle", payment_id=told.payment_id)
    ask_until_answered(room.processor, settle, room.answers.note)
    return room


def test_what_is_sound_is_called_so(room: Room) -> None:
    verdict = room.judge()
    verdict.assert_sound()
    assert (verdict.payments, verdict.operations, verdict.effects, verdict.acknowledged) == (1, 3, 3, 3)
    assert room.judge_bus() == []


@pytest.mark.parametrize("sort", TAMPERED)
def test_what_is_not_is_called_by_its_name(room: Room, sqlite_url: str, sort: str) -> None:
    path = sqlite_path(sqlite_url)
    assert path
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        for statement in TAMPERED[sort]:
            connection.execute(statement)
    told = room.answers.read()
    if sort == "contradicted":
        told.append(replace(told[0], version=told[0].version + 1))
    verdict = room.judge(told)
    assert sort in verdict.violations, str(verdict)
    with pytest.raises(AssertionError, match=sort):
        verdict.assert_sound()


def test_more_than_there_was_is_noticed(room: Room, sqlite_url: str) -> None:
    path = sqlite_path(sqlite_url)
    assert path
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE payments SET captured_minor = amount_minor + 1")
    assert "overdrawn" in room.judge().violations


def test_what_was_not_published_or_not_in_order_is_noticed(room: Room) -> None:
    published = room.published.read()
    assert check_published(room.database, published) == []
    assert check_published(room.database, [*published, *published]) == []
    assert "never published" in check_published(room.database, published[:-1])[0]
    assert "in the order" in check_published(room.database, published[::-1])[0]
    forged = replace(published[0], kind="payment.forged")
    assert "two contents" in check_published(room.database, [*published, forged])[0]


def test_every_sort_is_tried() -> None:
    sorts = {name for name, value in vars(Verdict()).items() if isinstance(value, list)}
    assert sorts == {*TAMPERED, "overdrawn"}
