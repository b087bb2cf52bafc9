"""How long there is left: every wait and every retry of the processor is bounded by its invocation's end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Deadline:
    """The moment by which an answer must be given.

    Parameters
    ----------
    remaining_s
        Tells the seconds that are left; negative when it is past.
    """

    remaining_s: Callable[[], float]

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Make the deadline that is so many seconds from now."""
        end = time.monotonic() + seconds
        return cls(lambda: end - time.monotonic())

    @classmethod
    def of_invocation(cls, context: object, *, keep_s: float) -> Self:
        """Make the deadline of a Lambda invocation.

        Parameters
        ----------
        context
            Lambda's context object.
        keep_s
            Seconds to keep for what must be done after it: writing down what is known, and answering.
        """
        left_ms: Callable[[], int] = context.get_remaining_time_in_millis  # type: ignore[attr-defined]
        return cls(lambda: left_ms() / 1000 - keep_s)
