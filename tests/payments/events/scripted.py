"""An event bus that fails as it is told, and a check of what reached it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ConnectionClosedError

from tercet.payments.model import Event
from tercet.payments.publisher import MAX_BYTES, MAX_ENTRIES

Verdict = str | None
"""Of an entry: the code it fails with, or ``None``. Of a call: ``lost`` before it arrived, ``unanswered`` after."""


@dataclass
class ScriptedBus:
    """Takes the place of a boto3 EventBridge client.

    Parameters
    ----------
    entry
        Decides on each entry, in the order in which they come.
    call
        Decides on each call.
    """

    entry: Callable[[], Verdict] = lambda: None
    call: Callable[[], Verdict] = lambda: None
    received: list[dict[str, Any]] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    failures: int = 0

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        assert 0 < len(Entries) <= MAX_ENTRIES
        size = sum(
            14 + sum(len(each[name].encode()) for name in ("Source", "DetailType", "Detail")) for each in Entries
        )
        assert size <= MAX_BYTES or len(Entries) == 1
        self.calls.append(len(Entries))
        verdict = self.call()
        if verdict == "lost":
            self.failures += 1
            raise ClientError({"Error": {"Code": "InternalException", "Message": "m"}}, "PutEvents")
        results = [self._take(each) for each in Entries]
        if verdict == "unanswered":
            self.failures += 1
            raise ConnectionClosedError(endpoint_url="https://events")
        return {"FailedEntryCount": sum("ErrorCode" in each for each in results), "Entries": results}

    def _take(self, entry: dict[str, Any]) -> dict[str, str]:
        if code := self.entry():
            self.failures += 1
            return {"ErrorCode": code, "ErrorMessage": "m"}
        self.received.append(entry)
        return {"EventId": f"bus-{len(self.received)}"}

    @property
    def details(self) -> list[dict[str, Any]]:
        """What reached the bus, in order, with everything that came twice."""
        return [json.loads(each["Detail"]) for each in self.received]


def problems(written: Sequence[Event], bus: ScriptedBus) -> list[str]:
    """Tell what is wrong with what reached the bus: what is missing, came too early, or differs when it comes again."""
    found = []
    first: dict[str, dict[str, Any]] = {}
    for number, entry in enumerate(bus.received):
        detail = json.loads(entry["Detail"])
        known = first.setdefault(detail["event_id"], {"detail": entry["Detail"], "at": number, **detail})
        if known["detail"] != entry["Detail"]:
            found.append(f"{detail['event_id']} differs when it comes again")
    found += [f"{event.id} was lost" for event in written if event.id not in first]
    found += [f"{event_id} was made up" for event_id in first.keys() - {event.id for event in written}]
    by_payment = sorted(first.values(), key=lambda each: (each["payment_id"], each["sequence"]))
    for earlier, later in itertools.pairwise(by_payment):
        if earlier["payment_id"] == later["payment_id"] and earlier["at"] > later["at"]:
            found.append(f"{later['event_id']} came before {earlier['event_id']}")
    return found


def events_of(payment_id: str, count: int, *, start: int = 1, padding: int = 0) -> list[Event]:
    """Make consecutive events of one payment."""
    return [
        Event(
            id=f"evt_{payment_id}_{sequence}",
            payment_id=payment_id,
            sequence=sequence,
            kind="payment.captured",
            detail={"merchant": "acme", "correlation_id": "request-1", "state": "captured", "note": "é" * padding},
            operation_id=f"op_{payment_id}",
            created_at_ms=1_800_000_000_123,
        )
        for sequence in range(start, start + count)
    ]
