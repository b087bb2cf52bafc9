"""Patterns match as IAM says, and in bounded time."""

from __future__ import annotations

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from tercet.preflight.policies.globs import matches, overlap

PATTERNS = st.text("ab*?", max_size=6)
TEXTS = st.text("ab", max_size=8)


@given(PATTERNS, TEXTS)
def test_matches_as_a_regular_expression_would(pattern: str, text: str):
    expression = "".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern)
    assert matches(pattern, text) == bool(re.fullmatch(expression, text))


@given(PATTERNS, PATTERNS, TEXTS)
def test_what_both_match_makes_them_overlap(one: str, other: str, text: str):
    if matches(one, text) and matches(other, text):
        assert overlap(one, other)
        assert overlap(other, one)


@given(PATTERNS, PATTERNS)
def test_overlap_is_symmetric(one: str, other: str):
    assert overlap(one, other) == overlap(other, one)


def test_disjoint_patterns_do_not_overlap():
    assert not overlap("arn:*:sqs:*:*:orders", "arn:*:sqs:*:*:refunds")
    assert not overlap("a*", "b*")


def test_hostile_patterns_take_no_time():
    began = time.perf_counter()
    assert not matches("*a" * 500, "a" * 400 + "b")
    assert overlap("*a" * 5_000, "a" * 5_000 + "*")  # too long to find out: perhaps
    assert not matches("*" * 100_000 + "a", "b" * 100_000)
    assert time.perf_counter() - began < 2
