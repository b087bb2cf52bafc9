"""Values in the text of a statement: in the right places, and the same in every SQL mode."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tercet.payments.database import Statement
from tercet.payments.database.rendering import join, literal, render
from tercet.payments.errors import RefusedError
from tests.payments.database.test_database_port import TEXTS
from tests.payments.mariadb import MariaDb

MODES = ("", "NO_BACKSLASH_ESCAPES", "ANSI", "TRADITIONAL,NO_BACKSLASH_ESCAPES,ANSI_QUOTES")


@pytest.mark.parametrize(
    ("sql", "rendered"),
    [
        ("SELECT :a, :a, :ab", "SELECT 1, 1, 2"),
        ("SELECT ':a', \":a\", `:a` -- :a\n, :a", "SELECT ':a', \":a\", `:a` -- :a\n, 1"),
        ("SELECT 'it''s :a' /* :a */ , :a", "SELECT 'it''s :a' /* :a */ , 1"),
        ("SELECT '%d', 5 % :a", "SELECT '%d', 5 % 1"),
        ("SELECT x::a, :a\n", "SELECT x::a, 1"),
        ("SELECT :none, :text, :flag", "SELECT NULL, ':a', 1"),
    ],
)
def test_only_placeholders_are_replaced(sql: str, rendered: str) -> None:
    values = {"a": 1, "ab": 2, "none": None, "text": ":a", "flag": True, "unused": "x"}

    assert render(Statement(sql, values)) == rendered


def test_a_text_of_its_own_may_hold_no_backslash() -> None:
    with pytest.raises(RefusedError):
        render(Statement("SELECT '\\'"))


def test_a_value_of_another_type_is_refused() -> None:
    with pytest.raises(RefusedError):
        literal(1.5)  # type: ignore[arg-type]


def test_several_are_committed_together_and_one_by_itself() -> None:
    assert join(["A"]) == "A"
    assert join(["A", "B"]) == "BEGIN; A; B; COMMIT"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(texts=st.lists(TEXTS, min_size=1, max_size=5))
@pytest.mark.parametrize("mode", MODES)
def test_a_text_means_the_same_in_every_mode(mariadb: MariaDb, mode: str, texts: list[str]) -> None:
    row = ", ".join(literal(text) for text in texts)

    assert mariadb.execute(f"SET sql_mode = '{mode}'", f"SELECT {row}") == [tuple(texts)]
