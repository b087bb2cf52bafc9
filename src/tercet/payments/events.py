"""The events that the processor publishes, and how it puts them on the bus."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from botocore.exceptions import BotoCoreError, ClientError

from tercet.payments.errors import PublishError

SOURCE: Final = "tercet.payments"
REQUESTED: Final = "payment.requested"
FOLLOWING: Final = (
    "payment.authorized",
    "payment.captured",
    "payment.settled",
    "payment.voided",
    "payment.failed",
)
"""What the workflow publishes, and the consumer follows."""

_ENTRIES_PER_CALL: Final = 10
"""The most entries of one PutEvents call ("PutEvents", Amazon EventBridge API Reference)."""


@dataclass(frozen=True)
class Event:
    """An event as it waits in the outbox.

    Parameters
    ----------
    kind
        The ``detail-type``.
    detail
        The ``detail``, as JSON text: what is published later is byte for byte what was decided now.
    """

    event_id: str
    kind: str
    detail: str

    @classmethod
    def new(cls, kind: str, detail: Mapping[str, Any]) -> Self:
        """Make an event with an id of its own, by which consumers recognize it when it comes twice."""
        event_id = f"evt_{uuid.uuid4().hex}"
        return cls(event_id, kind, json.dumps({"event_id": event_id, **detail}, separators=(",", ":")))


class Publisher:
    """Puts events on the bus, at least once each."""

    def __init__(self, client: Any, bus: str) -> None:
        self._client = client
        self._bus = bus

    def publish(self, events: Sequence[Event]) -> int:
        """Publish at most ten events, in order.

        Returns
        -------
        int
            How many from the beginning are on the bus. An event after the first that failed may be there too; it counts
            as unpublished and comes again, because order matters more than a duplicate that consumers recognize.

        Raises
        ------
        PublishError
            The call as a whole failed.
        """
        entries = [self._entry(event) for event in events[:_ENTRIES_PER_CALL]]
        try:
            results = self._client.put_events(Entries=entries)["Entries"]
        except ClientError as error:
            raise PublishError(error.response["Error"]["Code"]) from error
        except BotoCoreError as error:
            raise PublishError(type(error).__name__) from error
        published = 0
        for result in results[: len(entries)]:
            if "EventId" not in result:
                break
            published += 1
        return published

    def _entry(self, event: Event) -> dict[str, str]:
        entry = {"Source": SOURCE, "DetailType": event.kind, "Detail": event.detail, "EventBusName": self._bus}
        # Joins the event's receivers to the trace of the request ("PutEventsRequestEntry", EventBridge API Reference).
        if trace := os.environ.get("_X_AMZN_TRACE_ID"):
            entry["TraceHeader"] = trace
        return entry
