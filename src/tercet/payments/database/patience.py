"""Repeating what is known to have had no effect: for so long, and with pauses of chance that grow."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from tercet.payments.errors import StoreUnavailableError

_MOST_ATTEMPTS: Final = 50
"""A second bound, in case that chance makes many pauses short."""

_T = TypeVar("_T")


class NothingWrittenError(Exception):
    """An attempt that is known to have had no effect, and may have one when it is made again."""


@dataclass(frozen=True)
class Patience:
    """How long to go on.

    Each pause is of chance, between nothing and a limit that doubles: those who failed together do not come back
    together ("Exponential Backoff And Jitter", AWS Architecture Blog: "full jitter").

    Parameters
    ----------
    total_s
        Seconds after which no further attempt begins. A failover through the proxy takes a few of them, and the API
        must answer in 25.
    first_pause_s, longest_pause_s
        The limit of the first pause, and of any.
    sleep
        Waits for so many seconds.
    """

    total_s: float = 6.0
    first_pause_s: float = 0.02
    longest_pause_s: float = 1.0
    sleep: Callable[[float], None] = time.sleep

    def repeat(self, attempt: Callable[[], _T]) -> _T:
        """Call until it does not raise :class:`NothingWrittenError`.

        Raises
        ------
        StoreUnavailableError
            It went on doing so.
        """
        end = time.monotonic() + self.total_s
        limit = self.first_pause_s
        number = 1
        while True:
            try:
                return attempt()
            except NothingWrittenError as error:
                pause = random.uniform(0, limit)  # noqa: S311 - jitter, not a secret
                if number == _MOST_ATTEMPTS or time.monotonic() + pause >= end:
                    raise StoreUnavailableError(
                        f"{error}. It was tried {number} times, in {self.total_s} s at most. Nothing was written."
                    ) from error
            self.sleep(pause)
            limit = min(2 * limit, self.longest_pause_s)
            number += 1
