"""Any value in the place of any argument: every rule answers, and none fails."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tercet.preflight.check import check_configuration, check_path
from tercet.preflight.options import Options
from tests.preflight.fuzz.asking import EVERYTHING_STATED, Outcome, outcome_of
from tests.preflight.fuzz.mutating import examples, mutated, mutated_text
from tests.preflight.fuzz.profile import trying

OPTIONS = Options(intent=EVERYTHING_STATED)


@given(number=st.integers(0, 10_000), seed=st.integers(0, 2**32))
@trying(100)
def test_any_value_anywhere(number: int, seed: int):
    document = mutated(number, seed)
    assert outcome_of(lambda: check_configuration(document, OPTIONS)) in Outcome


@given(number=st.integers(0, 10_000), seed=st.integers(0, 2**32))
@trying(20)
def test_any_value_anywhere_in_a_file(number: int, seed: int):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf.json").write_text(json.dumps(mutated(number, seed)), encoding="utf-8")
        assert outcome_of(lambda: check_path(Path(folder), OPTIONS)) in Outcome


@given(number=st.integers(0, 10_000), seed=st.integers(0, 2**32))
@trying(100)
def test_any_value_anywhere_in_hcl(number: int, seed: int):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf").write_text(mutated_text(number, seed), encoding="utf-8")
        assert outcome_of(lambda: check_path(Path(folder), OPTIONS)) in Outcome


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_every_example_is_changed(seed: int):
    for number in range(len(examples())):
        document = mutated(number, seed * 100_000 + number)
        try:
            assert outcome_of(lambda document=document: check_configuration(document, OPTIONS)) in Outcome
        except AssertionError as error:
            raise AssertionError(f"example {number}, seed {seed * 100_000 + number}: {error}") from error
