"""Invocations that nobody waits for: retried, and if they fail for good, sent to the function's failure destination.

"Asynchronous invocation" of the AWS Lambda Developer Guide: two retries by default, then the on-failure destination, or
the dead-letter queue. Lambda waits a minute and then two before the retries; here it is seconds, so that a failure can
be watched.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tercet.local.emulator import delivery
from tercet.local.emulator.functions.pool import ThrottledError
from tercet.local.emulator.functions.runtime import Result

RETRY_DELAYS_S: Final = (1.0, 2.0)
"""Before the first and the second retry; Lambda: 60 and 120."""

QUEUE_LIMIT: Final = 10_000
THREADS: Final = 4
_STOP_TIMEOUT_S: Final = 5.0
_LOGGER: Final = logging.getLogger(__name__)


class QueueFullError(Exception):
    """More invocations wait than the emulator keeps."""


@dataclass(frozen=True)
class Invocation:
    """One event for one function, and what to do when it fails."""

    function_arn: str
    event: str
    run: Callable[[], Result]
    retries: int
    on_success: str | None
    on_failure: str | None
    dead_letter: str | None


class AsynchronousInvocations:
    """A bounded queue of invocations, worked off by a few threads until :meth:`close`."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Invocation] = queue.Queue(QUEUE_LIMIT)
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._work, name=f"async-{n}", daemon=True) for n in range(THREADS)]
        for thread in self._threads:
            thread.start()

    def add(self, invocation: Invocation) -> None:
        """Queue an invocation.

        Raises
        ------
        QueueFullError
            :data:`QUEUE_LIMIT` invocations wait already.
        """
        try:
            self._queue.put_nowait(invocation)
        except queue.Full as error:
            raise QueueFullError from error

    def close(self) -> None:
        """Stop after the invocations that are running; those that wait are dropped with the session."""
        self._closing.set()
        for thread in self._threads:
            thread.join(_STOP_TIMEOUT_S)

    def _work(self) -> None:
        while not self._closing.is_set():
            try:
                invocation = self._queue.get(timeout=0.2)
            except queue.Empty:
                continue
            try:
                self._run(invocation)
            except Exception:
                _LOGGER.exception("Asynchronous invocation of %s was lost", invocation.function_arn)

    def _run(self, invocation: Invocation) -> None:
        attempts = 1 + min(invocation.retries, len(RETRY_DELAYS_S))
        result = None
        for attempt in range(attempts):
            if attempt and self._closing.wait(RETRY_DELAYS_S[attempt - 1]):
                return
            try:
                result = invocation.run()
            except ThrottledError:
                continue
            if result.error is None:
                _send(invocation.on_success, invocation, result, "Success", attempt + 1)
                return
        if invocation.on_failure:
            _send(invocation.on_failure, invocation, result, "RetriesExhausted", attempts)
        elif invocation.dead_letter:
            delivery.deliver(invocation.dead_letter, invocation.event, attributes=_dead_letter_attributes(result))


def _send(
    destination: str | None, invocation: Invocation, result: Result | None, condition: str, attempts: int
) -> None:
    """Send the invocation record ("Capturing records of Lambda asynchronous invocations")."""
    if not destination:
        return
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {
            "requestId": result.request_id if result else str(uuid.uuid4()),
            "functionArn": invocation.function_arn,
            "condition": condition,
            "approximateInvokeCount": attempts,
        },
        "requestPayload": json.loads(invocation.event),
    }
    if result:
        record["responseContext"] = {"statusCode": 200, "executedVersion": result.version}
        if result.error:
            record["responseContext"]["functionError"] = result.error
        record["responsePayload"] = result.json()
    delivery.deliver(destination, json.dumps(record))


def _dead_letter_attributes(result: Result | None) -> dict[str, str]:
    if result is None:
        return {"ErrorCode": "429", "ErrorMessage": "Rate Exceeded."}
    return {
        "RequestID": result.request_id,
        "ErrorCode": "200",
        "ErrorMessage": str(result.json().get("errorMessage", ""))[:1024],
    }
