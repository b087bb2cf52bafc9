"""replace() with what stands between slashes is an expression, and with anything else a text."""

from __future__ import annotations

import pytest

from tercet.preflight.evaluation.evaluate import value_of
from tercet.preflight.evaluation.functions import call
from tercet.preflight.evaluation.scope import Budget, Scope
from tercet.preflight.values import Unknown


def replaced(text: str, old: str, new: str) -> object:
    return call("replace", [text, old, new], Scope(None, Budget()), evaluate=value_of)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "old", "new", "wanted"),
    [
        ("Payments API v2", "/[^-a-zA-Z0-9]/", "", "PaymentsAPIv2"),
        ("a.b_c", "/[._]/", "-", "a-b-c"),
        ("hello world", "/w.*d/", "everybody", "hello everybody"),
        ("1+2", "+", " + ", "1 + 2"),
        ("a/b", "/", "-", "a-b"),
        ("nothing", "/[0-9]/", "x", "nothing"),
        ("", "/[a-z]/", "x", ""),
    ],
)
def test_what_is_computed(text: str, old: str, new: str, wanted: str):
    assert replaced(text, old, new) == wanted


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("ab", "/(a)/", "$1$1"),  # Go's templates
        ("ab", "/x*/", "-"),  # empty matches
        ("ab", "/a(?=b)/", "-"),  # no RE2
        ("ab", "/[/", "-"),
    ],
)
def test_what_is_not(text: str, old: str, new: str):
    assert isinstance(replaced(text, old, new), Unknown)
