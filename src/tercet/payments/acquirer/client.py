"""Asks the acquirer, within the time there is: bounded retries with jitter, an inquiry before anything is repeated."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final

from tercet.payments.acquirer import Acquirer, Instruction, Outcome
from tercet.payments.deadline import Deadline
from tercet.payments.errors import AcquirerUnavailable

FIRST_PAUSE_S: Final = 0.1
"""The longest first pause; each further one may be twice as long as the one before."""

LONGEST_PAUSE_S: Final = 2.0

Question = Callable[[float], Outcome | None]
"""Asks once, within so many seconds."""


class AcquirerClient:
    """Gets an answer out of an acquirer that does not always give one.

    Two rules make repeating safe even with an acquirer whose own idempotency fails: what was submitted without an
    answer is inquired about before it is submitted again, and it is submitted again under the same operation id.

    Pauses grow exponentially and have full jitter, so that processors that lost the acquirer together do not come back
    together: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

    Parameters
    ----------
    acquirer
        Who is asked.
    attempts
        How often it is asked at most for one call of :meth:`submit` or :meth:`resume`, inquiries included.
    timeout_s
        Seconds that one attempt may take. It gets less when less is left until the deadline.
    sleep
        Waits for so many seconds.
    random
        Gives a number from 0 to 1, for the jitter.
    """

    def __init__(
        self,
        acquirer: Acquirer,
        *,
        attempts: int = 6,
        timeout_s: float = 5.0,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        if attempts < 1 or timeout_s <= 0:
            raise ValueError(f"attempts={attempts}, timeout_s={timeout_s}: an acquirer cannot be asked like that.")
        self._acquirer = acquirer
        self._attempts = attempts
        self._timeout_s = timeout_s
        self._sleep = sleep
        self._random = random

    def submit(self, instruction: Instruction, deadline: Deadline) -> Outcome:
        """Have an operation done that the acquirer has not heard of.

        Raises
        ------
        AcquirerUnavailable
            It stayed unanswered, and what became of it is unknown; or there was no time left, and nobody was asked.
        """
        submit = self._submission(instruction)
        return self._persist(instruction.operation_id, deadline, first=submit, if_never_arrived=submit)

    def resume(self, instruction: Instruction, deadline: Deadline) -> Outcome:
        """Have an operation done that the acquirer may have heard of; raises as :meth:`submit` does."""
        inquire = self._inquiry(instruction.operation_id)
        submit = self._submission(instruction)
        return self._persist(instruction.operation_id, deadline, first=inquire, if_never_arrived=submit)

    def fate(self, operation_id: str, deadline: Deadline) -> Outcome:
        """Learn what became of an operation; if it never arrived, see to it that it never has an effect.

        The acquirer is asked once and not again: whoever resolves operations has others to resolve, and comes back.

        Raises
        ------
        AcquirerUnavailable
            It is still unknown; or there was no time left, and nobody was asked.
        """
        outcome = self._acquirer.inquire(operation_id, timeout_s=self._time_for_one(operation_id, deadline))
        if outcome is not None:
            return outcome
        return self._acquirer.reverse(operation_id, timeout_s=self._time_for_one(operation_id, deadline))

    def _submission(self, instruction: Instruction) -> Question:
        return lambda timeout_s: self._acquirer.submit(instruction, timeout_s=timeout_s)

    def _inquiry(self, operation_id: str) -> Question:
        return lambda timeout_s: self._acquirer.inquire(operation_id, timeout_s=timeout_s)

    def _persist(
        self, operation_id: str, deadline: Deadline, *, first: Question, if_never_arrived: Question
    ) -> Outcome:
        """Ask, and go on asking what became of it, until there is an answer."""
        question, inquire = first, self._inquiry(operation_id)
        last: AcquirerUnavailable | None = None
        for attempt in range(1, self._attempts + 1):
            timeout_s = self._time_for_one(operation_id, deadline, last)
            try:
                outcome = question(timeout_s)
            except AcquirerUnavailable as error:
                last, question = error, inquire
                if attempt < self._attempts:
                    self._pause(attempt, operation_id, deadline, last)
                continue
            if outcome is not None:
                return outcome
            question = if_never_arrived
        raise AcquirerUnavailable(
            f"Operation {operation_id}: asked {self._attempts} times, the acquirer did not say what became of it."
        ) from last

    def _time_for_one(self, operation_id: str, deadline: Deadline, cause: AcquirerUnavailable | None = None) -> float:
        """Give the seconds that the next attempt may take."""
        left_s = deadline.remaining_s()
        if left_s <= 0:
            raise _out_of_time(operation_id) from cause
        return min(self._timeout_s, left_s)

    def _pause(self, attempt: int, operation_id: str, deadline: Deadline, cause: AcquirerUnavailable) -> None:
        """Wait before the next attempt; not at all if the deadline would pass meanwhile."""
        longest_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (attempt - 1))
        pause_s = longest_s * self._random()
        if pause_s >= deadline.remaining_s():
            raise _out_of_time(operation_id) from cause
        self._sleep(pause_s)


def _out_of_time(operation_id: str) -> AcquirerUnavailable:
    return AcquirerUnavailable(f"Operation {operation_id}: no time was left to ask the acquirer (again).")
