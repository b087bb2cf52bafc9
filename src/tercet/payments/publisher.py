"""Puts events on the platform's bus, an EventBridge event bus.

A call of ``PutEvents`` takes several events, and each may fail alone while those after it succeed ("Sending events with
PutEvents", Amazon EventBridge User Guide). So a call never holds two events of the same payment: the second one could
be on the bus before the first. What one payment has to tell goes out call by call.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from tercet.payments.errors import PublishError
from tercet.payments.logs import log
from tercet.payments.model import Event

SOURCE: Final = "tercet.payments"
"""The ``source`` of every event of this platform."""

MAX_ENTRIES: Final = 10
"""The most entries of one call ("PutEvents", Amazon EventBridge API Reference)."""

MAX_BYTES: Final = 256 * 1024 - 1
"""The most bytes of one call: all its entries together stay below 256 KB ("Calculating PutEvents event entry size",
Amazon EventBridge User Guide)."""

_TIME_BYTES: Final = 14
"""What a ``Time`` counts for, by the same page."""

_PASSING: Final = frozenset({"InternalFailure", "ThrottlingException"})
"""Codes of an entry that may succeed when repeated ("PutEventsResultEntry", Amazon EventBridge API Reference)."""

_ATTEMPTS: Final = 3
_PAUSE_S: Final = 0.05
"""Before the second attempt, and twice that before the third: a payment's caller waits for this. What does not succeed
within it is left to the sweeper."""

BUDGET_S: Final = 3.0
"""After so many seconds of one ``publish`` no further call is made: together they take this and one call at most. What
is not on the bus by then is left to the sweeper, too."""


class EventBridgePublisher:
    """Puts events on a bus, at least once each.

    Parameters
    ----------
    client
        A boto3 EventBridge client, whose time-outs and retries bound each call.
    bus
        Name of the bus.
    sleep
        Waits for so many seconds.
    now_s
        A clock that only moves forwards, in seconds.
    """

    def __init__(
        self,
        client: Any,
        bus: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._bus = bus
        self._sleep = sleep
        self._now_s = now_s

    def publish(self, events: Sequence[Event]) -> int:
        """Put events on the bus, none of a payment's before the one that precedes it here.

        Returns
        -------
        int
            How many from the beginning are on the bus. Those after the first that is not may be there or not: they
            count as unpublished, and come again; consumers recognize them by their ids.

        Raises
        ------
        PublishError
            EventBridge failed, or did not answer, before any was on the bus.
        """
        published = 0
        end_s = self._now_s() + BUDGET_S
        for call in _calls([self._entry(event) for event in events], [event.payment_id for event in events]):
            if published and self._now_s() >= end_s:
                log("put_events_too_slow", count=len(events) - published)
                break
            try:
                leading = self._publish_call(call, end_s)
            except PublishError as error:
                if not published:
                    raise
                log("put_events_failed", cause=str(error), count=len(call))
                break
            published += leading
            if leading < len(call):
                break
        return published

    def _publish_call(self, entries: Sequence[Mapping[str, Any]], end_s: float) -> int:
        """Put entries of different payments on the bus, those that fail several times, if there is time.

        Returns
        -------
        int
            How many from the beginning are on the bus.
        """
        left = list(range(len(entries)))
        for attempt in range(1, _ATTEMPTS + 1):
            failures = self._put([entries[number] for number in left])
            # An answer that does not tell of an entry does not say that it succeeded.
            failed = {left[place]: code for place, code in failures.items()}
            left = sorted(failed)
            if not left:
                return len(entries)
            log("entries_failed", code=failed[left[0]], count=len(left))
            if attempt == _ATTEMPTS or not _PASSING.issuperset(failed.values()) or self._now_s() >= end_s:
                break
            self._sleep(_PAUSE_S * 2 ** (attempt - 1) * random.uniform(0.5, 1))  # noqa: S311 - jitter, not a secret
        return left[0]

    def _put(self, entries: Sequence[Mapping[str, Any]]) -> Mapping[int, str]:
        """Call PutEvents, and give the places of those entries that failed, with the code of why."""
        try:
            results = self._client.put_events(Entries=list(entries))["Entries"]
        except ClientError as error:
            raise PublishError(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise PublishError(type(error).__name__) from error
        codes = [None if "EventId" in result else str(result.get("ErrorCode")) for result in results]
        codes += ["NoResult"] * (len(entries) - len(codes))
        return {place: code for place, code in enumerate(codes[: len(entries)]) if code is not None}

    def _entry(self, event: Event) -> dict[str, Any]:
        at = datetime.fromtimestamp(event.created_at_ms / 1000, UTC)
        entry = {
            "Source": SOURCE,
            "DetailType": event.kind,
            "Detail": _detail(event, at),
            "EventBusName": self._bus,
            "Time": at,
        }
        # Joins the event's receivers to the trace of the request ("PutEventsRequestEntry", EventBridge API Reference).
        if trace := os.environ.get("_X_AMZN_TRACE_ID"):
            entry["TraceHeader"] = trace
        return entry


def _detail(event: Event, at: datetime) -> str:
    """Write the ``detail``: made of the event alone, so that it is the same, byte for byte, when it comes again."""
    envelope = {
        "event_id": event.id,
        "payment_id": event.payment_id,
        "sequence": event.sequence,
        "merchant": event.detail.get("merchant"),
        "correlation_id": event.detail.get("correlation_id"),
        "operation_id": event.operation_id,
        "created_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    # No member of the detail may pass itself off as one of the envelope.
    return json.dumps({**envelope, **event.detail, **envelope}, separators=(",", ":"), ensure_ascii=False)


def _calls(entries: Sequence[Mapping[str, Any]], payment_ids: Sequence[str]) -> Iterator[list[Mapping[str, Any]]]:
    """Cut entries into calls, in order, each within the limits and with no two events of one payment."""
    call: list[Mapping[str, Any]] = []
    seen: set[str] = set()
    size = 0
    for entry, payment_id in zip(entries, payment_ids, strict=True):
        bytes_of_entry = _size(entry)
        if call and (payment_id in seen or len(call) == MAX_ENTRIES or size + bytes_of_entry > MAX_BYTES):
            yield call
            call, seen, size = [], set(), 0
        call.append(entry)
        seen.add(payment_id)
        size += bytes_of_entry
    if call:
        yield call


def _size(entry: Mapping[str, Any]) -> int:
    """Give the bytes that EventBridge counts an entry for ("Calculating PutEvents event entry size", User Guide)."""
    return _TIME_BYTES + sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))
