"""Regular expressions, as far as they are computed."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tercet.preflight.evaluation.functions.regular import regex, regexall
from tercet.preflight.values import Reference, Unknown, is_known

NAME = Reference("module.network.data.aws_availability_zones.up", ("names", 1))
ID = Reference("data.aws_availability_zones.up", ("zone_ids", 0))


@pytest.mark.parametrize(
    ("pattern", "text", "wanted"),
    [
        ("[a-z]+", "53453453.345345aaabbbccc23454", "aaabbbccc"),
        (r"(\d\d\d\d)-(\d\d)-(\d\d)", "2019-02-01", ["2019", "02", "01"]),
        (
            r"^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?",
            "https://terraform.io/docs/",
            {"scheme": "https", "authority": "terraform.io"},
        ),
        ("(a)|(b)", "b", [None, "b"]),
    ],
)
def test_regex(pattern: str, text: str, wanted: Any):
    assert regex(pattern, text) == wanted


def test_all_matches():
    assert regexall("[a-z]+", "1234abcd5678efgh9") == ["abcd", "efgh"]
    assert regexall("[a-z]+", "123456789") == []
    assert regexall("^[a-z]{2}-", "eu-west-1a") == ["eu-"]


def test_no_match_is_a_failure():
    found = regex("^x", "abc")
    assert isinstance(found, Unknown)
    assert found.because.startswith("there is no ")


def test_how_often_a_zone_matches_is_known():
    assert len(regexall("^[a-z]{2}-", NAME)) == 1
    assert not is_known(regexall("^[a-z]{2}-", NAME))
    assert regexall("^[a-z]{2}-", ID) == []
    assert regex("-az[0-9]$", NAME) == Unknown("there is no match")
    assert isinstance(regexall("^us-", NAME), Unknown)
    assert isinstance(regexall("^[a-z]{2}-", Reference("aws_subnet.one", ("availability_zone", 0))), Unknown)


@pytest.mark.parametrize("pattern", ["(a+)+$", r"(?=a)", r"(a)\1", "[[:alpha:]]+", "a{,2}", "x*", "("])
def test_what_another_dialect_reads_otherwise_is_not_computed(pattern: str):
    start = time.monotonic()
    assert isinstance(regexall(pattern, "a" * 60 + "!"), Unknown)
    assert time.monotonic() - start < 1
