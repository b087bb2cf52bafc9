"""What a merchant's idempotency key means: the same request gets the first answer, another one is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Final

from tercet.payments.deadline import Deadline
from tercet.payments.errors import DuplicateError, KeyInUseError, KeyReusedError
from tercet.payments.execution import Execution, Result
from tercet.payments.model import Answer, Kind, Operation, State
from tercet.payments.store import Store

SKEW_MS: Final = 600_000
"""How far two processors' clocks may differ before a key expires too early: then it would charge again."""


def fingerprint(kind: Kind, payment_id: str | None, parameters: Mapping[str, object]) -> str:
    """Digest what is asked for, so that it can be compared and, as it holds a card's token, not be read."""
    asked = {"kind": str(kind), "payment_id": payment_id, **parameters}
    return hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class Keys:
    """The idempotency keys of all merchants, each on the row of its operation.

    Parameters
    ----------
    ttl_ms
        Milliseconds after an operation's answer when its key may be used anew; :data:`SKEW_MS` are added.
    now_ms
        Milliseconds since 1970.
    """

    def __init__(self, store: Store, execution: Execution, *, ttl_ms: int, now_ms: Callable[[], int]) -> None:
        self._store = store
        self._execution = execution
        self._ttl_ms = ttl_ms
        self._now_ms = now_ms

    def replay(self, merchant: str, key: str, asked: str, deadline: Deadline) -> Result | None:
        """Give the first answer to a key; if it was never given, ask the acquirer for it.

        Parameters
        ----------
        asked
            The :func:`fingerprint` of what is asked for now.

        Returns
        -------
        Result or None
            ``None`` if the key is free.

        Raises
        ------
        KeyReusedError
            It was used for another request.
        KeyInUseError
            Whoever came first with it is still at work.
        """
        earlier = self._store.operation_of_key(merchant, key)
        if earlier is None or self._has_expired(earlier):
            return None
        if earlier.fingerprint != asked:
            raise KeyReusedError("This idempotency key was used for another request.")
        standing = earlier.answer or self._execution.standing(earlier)
        if isinstance(standing, Answer):
            return Result(answer=standing, is_replay=True)
        was_given_up = standing.payment.version > 0 and standing.payment.state is State.UNKNOWN
        if not was_given_up and self._execution.is_at_work(earlier):
            raise KeyInUseError("The first request with this idempotency key is still running.")
        result = self._execution.ask(earlier, standing, deadline, again=True)
        return Result(answer=result.answer, is_replay=True, is_running=result.is_running)

    def take_over(self, operation: Operation, version: int) -> bool:
        """Begin an operation whose key has expired on another one.

        Returns
        -------
        bool
            ``False`` if the key is not what stands in its way.

        Raises
        ------
        KeyInUseError
            Another request was faster.
        """
        expired = self._store.operation_of_key(operation.merchant, operation.idempotency_key or "")
        if expired is None:
            return False
        if not self._has_expired(expired):
            raise KeyInUseError("Another request with this idempotency key has just ended.")
        try:
            self._execution.begin(operation, version=version, instead_of=expired.id)
        except DuplicateError as error:
            now = self._store.operation_of_key(operation.merchant, operation.idempotency_key or "")
            if now is not None and now.id == expired.id:
                return False  # the batch was refused for another reason, and the key is still where it was
            raise KeyInUseError("Another request with this idempotency key has just begun.") from error
        return True

    def _has_expired(self, operation: Operation) -> bool:
        # From its answer on: whoever was told for a day that the outcome is unknown has a day for asking again.
        answered_at_ms = operation.answered_at_ms
        return answered_at_ms is not None and self._now_ms() - answered_at_ms > self._ttl_ms + SKEW_MS
