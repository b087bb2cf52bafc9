"""What each error means: the table, where provoking it would take a race to be won."""

from __future__ import annotations

import struct

import pytest
from pymysql import err

from tercet.payments.database.mysql_errors import Meaning, meaning_of

RACES = (1053, 1105, 1317, 1927, 1180, 4031)


@pytest.mark.parametrize("code", RACES)
def test_an_end_from_outside_is_known_before_the_commit_and_unknown_during_it(code: int) -> None:
    error = err.OperationalError(code, "…")

    assert meaning_of(error, is_committing=False) is Meaning.TURNED_AWAY
    assert meaning_of(error, is_committing=True) is Meaning.LOST


@pytest.mark.parametrize("is_committing", [True, False])
@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (err.OperationalError(2013, "…"), Meaning.LOST),
        (err.OperationalError(2055, "…"), Meaning.LOST),
        (err.OperationalError(2014, "…"), Meaning.LOST),
        (err.InternalError("Packet sequence number wrong - got 1 expected 2"), Meaning.LOST),
        (TimeoutError(), Meaning.LOST),
        (ConnectionResetError(), Meaning.LOST),
        (struct.error("unpack requires a buffer of 4 bytes"), Meaning.LOST),
        (AttributeError("'NoneType' object has no attribute 'settimeout'"), Meaning.LOST),
        (err.OperationalError(2006, "…"), Meaning.TURNED_AWAY),
        (err.InterfaceError(0, ""), Meaning.TURNED_AWAY),
        (err.OperationalError(1290, "…"), Meaning.TURNED_AWAY),
        (err.OperationalError(1836, "…"), Meaning.TURNED_AWAY),
        (err.OperationalError(1040, "…"), Meaning.TURNED_AWAY),
        (err.OperationalError(1203, "…"), Meaning.TURNED_AWAY),
        (err.OperationalError(1792, "…"), Meaning.TURNED_AWAY),
        (err.OperationalError(9501, "…"), Meaning.TURNED_AWAY),
        (err.OperationalError(1021, "…"), Meaning.TURNED_AWAY),
        (err.OperationalError(1114, "…"), Meaning.TURNED_AWAY),
        (err.OperationalError(1213, "…"), Meaning.UNDONE),
        (err.OperationalError(1205, "…"), Meaning.UNDONE),
        (err.OperationalError(1020, "…"), Meaning.UNDONE),
        (err.IntegrityError(1062, "…"), Meaning.DUPLICATE),
        (err.IntegrityError(1586, "…"), Meaning.DUPLICATE),
        (err.OperationalError(3819, "…"), Meaning.REFUSED),
        (err.OperationalError(4025, "…"), Meaning.REFUSED),
        (err.OperationalError(1644, "…"), Meaning.REFUSED),
        (err.ProgrammingError(1064, "…"), Meaning.REFUSED),
    ],
    ids=str,
)
def test_an_error_means(error: Exception, meaning: Meaning, is_committing: bool) -> None:
    assert meaning_of(error, is_committing=is_committing) is meaning
