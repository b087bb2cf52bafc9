"""Repeating, and lending connections: bounded in number and in time."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tercet.payments.database.patience import NothingWrittenError, Patience
from tercet.payments.database.pool import Pool
from tercet.payments.errors import StoreUnavailableError


def failing(times: int) -> tuple[list[int], object]:
    calls: list[int] = []

    def attempt() -> str:
        calls.append(1)
        if len(calls) <= times:
            raise NothingWrittenError("no")
        return "done"

    return calls, attempt


@given(times=st.integers(0, 20))
def test_it_goes_on_until_it_is_done_with_pauses_that_grow(times: int) -> None:
    pauses: list[float] = []
    calls, attempt = failing(times)

    assert Patience(total_s=60, sleep=pauses.append).repeat(attempt) == "done"  # type: ignore[arg-type]
    assert len(calls) == times + 1
    assert all(pause <= min(0.02 * 2**number, 1.0) for number, pause in enumerate(pauses))
    assert len(set(pauses)) == times, "each is of chance"


def test_it_ends_though_no_pause_takes_time() -> None:
    calls, attempt = failing(10_000)

    with pytest.raises(StoreUnavailableError, match=r"^no\. It was tried 50 times"):
        Patience(total_s=60, sleep=lambda _seconds: None).repeat(attempt)  # type: ignore[arg-type]
    assert len(calls) == 50


def test_no_pause_goes_beyond_the_time_that_there_is() -> None:
    calls, attempt = failing(10_000)

    with pytest.raises(StoreUnavailableError):
        Patience(total_s=0.0).repeat(attempt)  # type: ignore[arg-type]
    assert len(calls) == 1


def test_any_other_error_is_not_repeated() -> None:
    with pytest.raises(ZeroDivisionError):
        Patience().repeat(lambda: 1 / 0)


def pool(size: int, discarded: list[object], *, is_usable: bool = True) -> Pool[object]:
    return Pool(
        make=object, discard=discarded.append, is_usable=lambda _made, _idle_s: is_usable, size=size, wait_s=0.05
    )


def test_the_one_used_last_is_lent_first() -> None:
    lender = pool(2, [])
    with lender.lent() as first, lender.lent() as second:
        pass

    with lender.lent() as again:
        assert again is first  # it came back last
        assert again is not second


def test_whoever_waits_too_long_for_one_is_told_so() -> None:
    lender = pool(1, [])
    with lender.lent(), pytest.raises(NothingWrittenError, match="All 1 connections"), lender.lent():
        pass

    with lender.lent():
        pass


def test_one_that_failed_is_not_lent_again() -> None:
    discarded: list[object] = []
    lender = pool(1, discarded)
    with pytest.raises(KeyboardInterrupt), lender.lent() as failed:
        raise KeyboardInterrupt

    assert discarded == [failed]
    with lender.lent() as next_one:
        assert next_one is not failed


def test_one_that_is_not_usable_is_discarded() -> None:
    discarded: list[object] = []
    lender = pool(1, discarded, is_usable=False)
    with lender.lent() as first:
        pass
    with lender.lent() as second:
        assert second is not first
    assert discarded == [first]


def test_closing_discards_those_in_use_when_they_come_back() -> None:
    discarded: list[object] = []
    lender = pool(2, discarded)
    with lender.lent() as used:
        with lender.lent() as idle:
            pass
        lender.close()
        assert discarded == [idle]
    assert discarded == [idle, used]


def test_each_is_lent_to_one_thread_at_a_time() -> None:
    lender, in_use, at_once = pool(3, []), set(), []
    lock = threading.Lock()

    def use() -> None:
        for _ in range(200):
            with lender.lent() as one:
                with lock:
                    assert one not in in_use
                    in_use.add(one)
                    at_once.append(len(in_use))
                with lock:
                    in_use.remove(one)

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(at_once) == 600
