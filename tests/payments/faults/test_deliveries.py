"""Events come twice, late and in any order: the sessions show what the database says, whatever came when."""

from __future__ import annotations

import itertools
import json
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tercet.payments.database.opening import open_database
from tercet.payments.deadline import Deadline
from tercet.payments.handlers import consumer
from tercet.payments.model import PaymentRequest, State
from tercet.payments.outbox import Publisher
from tercet.payments.processor import Caller
from tercet.payments.publisher import EventBridgePublisher
from tercet.payments.sessions import SessionRequest, Sessions
from tests.payments.faults import knobs
from tests.payments.faults.room import Room, no_pause

MERCHANT = "acme"
STORIES: Mapping[str, Sequence[tuple[str, str]]] = {
    "paid": [("create", "tok_visa")],
    "paid at the second attempt": [("create", "tok_declined"), ("create", "tok_visa")],
    "authorized, and released": [("authorize", "tok_visa"), ("void", "")],
    "released, then paid": [("authorize", "tok_visa"), ("void", ""), ("create", "tok_visa")],
    "declined": [("create", "tok_declined")],
    "unknown, then paid": [("create", "tok_unreachable_once")],
    "unknown, then failed": [("create", "tok_unreachable")],
}
"""What becomes of a session: what is done for it, one after the other."""

PAID = {"paid", "paid at the second attempt", "released, then paid", "unknown, then paid"}


class CapturedBus:
    """An EventBridge client that keeps what it takes, as the queue's records."""

    def __init__(self) -> None:
        self.records: list[dict[str, str]] = []

    def put_events(self, *, Entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        for entry in Entries:
            body = {
                "source": entry["Source"],
                "detail-type": entry["DetailType"],
                "detail": json.loads(entry["Detail"]),
            }
            if entry["DetailType"] in consumer.FOLLOWED:  # the rule before the queue lets no others pass
                self.records.append({"messageId": f"m{len(self.records)}", "body": json.dumps(body)})
        return {"Entries": [{"EventId": "e"} for _ in Entries]}


class ForgetfulSessions(Sessions):
    """Projects whatever comes, as if it had never come before and were the latest."""

    _numbers = itertools.count(1_000)

    def project(self, **event: Any) -> bool:
        number = next(self._numbers)
        return super().project(**{**event, "event_id": f"evt_{number}", "sequence": number})


@pytest.fixture(scope="module")
def dynamodb() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        with mock_aws():
            yield boto3.client("dynamodb", region_name="us-east-1")


def test_any_order_gives_the_same(
    dynamodb: Any, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = _deliver_in_orders(dynamodb, Sessions, sqlite_url, tmp_path, monkeypatch)
    assert deliveries >= knobs.chosen.delivery_orders * 2 * len(STORIES)


def test_a_consumer_that_forgets_is_noticed(
    dynamodb: Any, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError, match="session"):
        _deliver_in_orders(dynamodb, ForgetfulSessions, sqlite_url, tmp_path, monkeypatch)


def _deliver_in_orders(
    dynamodb: Any, kind: type[Sessions], database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> int:
    return sum(
        _deliver(_table(dynamodb, kind, f"{kind.__name__}-{order}"), database_url, folder, monkeypatch, order)
        for order in range(knobs.chosen.delivery_orders)
    )


def _deliver(sessions: Sessions, database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, order: int) -> int:
    """Play every story, deliver its events twice each and shuffled, and compare; gives the number of deliveries."""
    monkeypatch.setattr(consumer, "services", lambda: SimpleNamespace(sessions=sessions))
    bus, shuffle = CapturedBus(), random.Random(order)
    room = Room(open_database(database_url), folder, around_publisher=lambda _file: _publisher(bus))
    request = SessionRequest(amount_minor=1_000, currency="EUR")
    made = {story: sessions.create(MERCHANT, f"{order}-{story}", "fingerprint", request)[0].id for story in STORIES}
    paid_by = {made[story]: _play(room, made[story], acts, f"{order}-{story}") for story, acts in STORIES.items()}
    records = [*bus.records, *bus.records]
    shuffle.shuffle(records)
    for start in range(0, len(records), 10):
        assert consumer.handler({"Records": records[start : start + 10]}, None) == {"batchItemFailures": []}
    for story, session_id in made.items():
        session = sessions.get(MERCHANT, session_id)
        told = (str(session.status), session.payment_id)
        expected = ("complete", paid_by[session_id]) if story in PAID else ("open", None)
        assert told == expected, f"session {story}: {told}, expected {expected}, in order {order}"
    return len(records)


def _play(room: Room, session_id: str, acts: Sequence[tuple[str, str]], name: str) -> str | None:
    """Do what a story tells, and give the payment that holds the session in the database."""
    payment_id = ""
    for number, (act, token) in enumerate(acts):
        caller = Caller(merchant=MERCHANT, correlation_id=f"{name}-{number}", deadline=Deadline.after(10.0))
        key = f"{name}-{number}"
        if act == "void":
            room.processor.void(caller, key, payment_id)
            continue
        request = PaymentRequest(
            amount_minor=1_000, currency="EUR", card_token=token, capture=act == "create", session_id=session_id
        )
        payment_id = room.processor.create(caller, key, request).answer.payment.id
    room.recover()
    payment = room.store.payment(payment_id)
    return payment_id if payment and payment.state is State.CAPTURED else None


def _publisher(bus: CapturedBus) -> Publisher:
    return EventBridgePublisher(bus, "bus", sleep=no_pause)


def _table(dynamodb: Any, kind: type[Sessions], table: str) -> Sessions:
    dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    return kind(dynamodb, table, ttl_s=86_400, sleep=no_pause)
