"""PutEvents fails in part, as a whole, or without an answer: every event gets to the bus, in order, and none waits."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import EndpointConnectionError

from tercet.payments.database import Statement
from tercet.payments.database.opening import open_database
from tercet.payments.model import Event
from tercet.payments.outbox import Publisher
from tercet.payments.publisher import EventBridgePublisher
from tests.payments.faults.callers import ask_until_answered
from tests.payments.faults.room import Room, no_pause
from tests.payments.faults.scenarios import SCENARIOS, prepare
from tests.payments.faults.unguarded import PARTS, Parts
from tests.payments.oracle import check_published

ROUNDS = 5


class FailingBus:
    """An EventBridge client that takes some entries, refuses others, and sometimes does not answer.

    Parameters
    ----------
    failures
        How many of ten calls, and of ten entries, fail; nothing does when it is 0.
    """

    def __init__(self, seed: int, failures: int) -> None:
        self.failures = failures
        self.failed = 0
        self.taken: list[str] = []
        self._random = random.Random(seed)

    def put_events(self, *, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        if self._fails():
            raise EndpointConnectionError(endpoint_url="https://events")
        results = [self._put(entry) for entry in Entries]
        if self._fails():  # it has taken them, and cannot say so
            raise EndpointConnectionError(endpoint_url="https://events")
        return {"FailedEntryCount": sum("ErrorCode" in each for each in results), "Entries": results}

    def _put(self, entry: Mapping[str, Any]) -> dict[str, str]:
        if self._fails():
            return {"ErrorCode": self._random.choice(("ThrottlingException", "InternalFailure", "MalformedDetail"))}
        self.taken.append(json.loads(entry["Detail"])["event_id"])
        return {"EventId": str(len(self.taken))}

    def _fails(self) -> bool:
        fails = self._random.random() * 10 < self.failures
        self.failed += fails
        return fails


def test_every_event_gets_there_in_order(database_url: str, tmp_path: Path) -> None:
    bus = FailingBus(1, failures=4)
    room = _room(database_url, tmp_path, bus)
    for number in range(ROUNDS):
        for scenario in SCENARIOS:
            intent = prepare(room.processor, scenario, f"{number}-{scenario}", room.answers.note)
            ask_until_answered(room.processor, intent, room.answers.note)
    assert bus.failed > 100
    assert any("waits in the outbox" in each for each in check_published(room.database, _events(room, bus)))
    bus.failures = 2  # it is no better than that when the sweeper comes by
    room.recover()
    room.recover()
    bus.failures = 0
    room.recover()
    room.judge().assert_sound()
    assert check_published(room.database, _events(room, bus)) == []
    assert len(bus.taken) > len(set(bus.taken)), "some must have come twice"


def test_an_outbox_that_ignores_failures_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    bus = FailingBus(1, failures=4)
    room = _room(sqlite_url, tmp_path, bus, PARTS["published before it is"])
    for scenario in SCENARIOS:
        ask_until_answered(
            room.processor, prepare(room.processor, scenario, scenario, room.answers.note), room.answers.note
        )
    bus.failures = 0
    room.recover()
    lost = check_published(room.database, _events(room, bus))
    assert any("never published" in each for each in lost), lost


def _room(database_url: str, folder: Path, bus: FailingBus, parts: Parts | None = None) -> Room:
    def real(_file: Publisher) -> Publisher:
        return EventBridgePublisher(bus, "bus", sleep=no_pause)

    return Room(open_database(database_url), folder, around_publisher=real, parts=parts)


def _events(room: Room, bus: FailingBus) -> list[Event]:
    """Give what the bus took, as it was written."""
    written = {
        event.id: event
        for payment in _payments(room)
        for event in room.store.events(payment[0], payment[1], limit=1_000)
    }
    return [written[event_id] for event_id in bus.taken]


def _payments(room: Room) -> list[tuple[str, str]]:
    rows = room.database.read(Statement("SELECT merchant, id FROM payments"))
    return [(row["merchant"], row["id"]) for row in rows]
