"""Every event that was written reaches the bus, in order per payment, whatever breaks after the write."""

from __future__ import annotations

import random

import pytest

from tercet.payments import outbox as outbox_module
from tercet.payments.database import Database, Statement
from tercet.payments.errors import PublishError, StoreUnavailableError
from tercet.payments.model import Event, PaymentRequest
from tercet.payments.outbox import Outbox
from tercet.payments.processor import Processor
from tercet.payments.publisher import EventBridgePublisher
from tercet.payments.store import Store
from tests.payments.events.scripted import ScriptedBus, problems
from tests.payments.world import KEY_TTL_MS, World

PAYMENTS = 300


class RecordingDatabase:
    """Notes each round trip, and may let a write fail."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.calls: list[str] = []
        self.fails = lambda: False

    def write(self, *statements: Statement) -> None:
        self.calls.append("write")
        if self.fails():
            raise StoreUnavailableError("the database is away")
        self._database.write(*statements)

    def read(self, statement: Statement):
        self.calls.append("read")
        return self._database.read(statement)

    def close(self) -> None:
        self._database.close()


@pytest.fixture
def recorded(world: World) -> RecordingDatabase:
    return RecordingDatabase(world.database)


@pytest.fixture
def bus() -> ScriptedBus:
    return ScriptedBus()


def outbox_to(bus: ScriptedBus, database: Database, kind: type[Outbox] = Outbox) -> Outbox:
    return kind(Store(database), EventBridgePublisher(bus, "bus-1", sleep=lambda _seconds: None))


def refuse(_events):
    raise PublishError("the bus is away")


def written(world: World, payment_id: str) -> list[Event]:
    return list(world.store.events("acme", payment_id, limit=1000))


def unpublished_payment(world: World, **how) -> tuple[str, list[Event]]:
    """Make a payment while the bus is away."""
    world.bus.publish = refuse
    payment_id = world.create(**how).answer.payment.id
    events = written(world, payment_id)
    assert [event.sequence for event in events] == list(range(1, len(events) + 1))
    assert world.store.find("acme", payment_id).has_backlog
    return payment_id, events


def test_without_a_backlog_events_are_published_without_reading_and_marked_at_once(world, recorded, bus):
    payment_id, events = unpublished_payment(world)
    outbox_to(bus, recorded).publish(events, has_backlog=False)
    assert recorded.calls == ["write"]
    assert problems(events, bus) == []
    assert len(bus.received) == len(events) == 3
    assert not world.store.find("acme", payment_id).has_backlog


def test_with_a_backlog_what_waits_goes_first(world, bus):
    payment_id, _ = unpublished_payment(world, capture=False)
    world.bus.publish = EventBridgePublisher(bus, "bus-1").publish
    result = world.processor.capture(world.caller(), world.key(), payment_id)
    assert result.answer.payment.captured_minor == 1000
    assert [each["sequence"] for each in bus.details] == [1, 2, 3, 4]
    assert problems(written(world, payment_id), bus) == []
    assert not world.store.find("acme", payment_id).has_backlog


def test_nothing_to_publish_is_nothing_to_do(recorded, bus):
    outbox_to(bus, recorded).publish((), has_backlog=True)
    assert (recorded.calls, bus.calls) == ([], [])


@pytest.mark.parametrize("has_backlog", [False, True])
@pytest.mark.parametrize("broken", ["bus", "database"])
def test_what_fails_afterwards_is_not_the_callers_concern(world, recorded, bus, capsys, has_backlog, broken):
    payment_id, events = unpublished_payment(world)
    capsys.readouterr()
    if broken == "bus":
        bus.call = lambda: "lost"
    else:
        recorded.fails = lambda: True
    outbox = outbox_to(bus, recorded)
    outbox.publish(events, has_backlog=has_backlog)
    assert '"event":"events_left_in_outbox"' in capsys.readouterr().out
    assert world.store.find("acme", payment_id).has_backlog
    # Whoever looks after the backlog is told.
    with pytest.raises(PublishError if broken == "bus" else StoreUnavailableError):
        outbox.publish_waiting(payment_id)


def test_a_crash_between_publishing_and_marking_publishes_again_under_the_same_ids(world, bus, monkeypatch):
    payment_id, events = unpublished_payment(world)
    outbox = outbox_to(bus, world.database)

    def crash(*_args):
        raise MemoryError

    with monkeypatch.context() as crashing:
        crashing.setattr(Store, "mark_published", crash)
        with pytest.raises(MemoryError):
            outbox.publish(events, has_backlog=False)
    assert world.store.find("acme", payment_id).has_backlog
    assert outbox.publish_waiting(payment_id)
    assert [each["event_id"] for each in bus.details] == [event.id for event in events] * 2
    assert problems(events, bus) == []  # byte for byte the same


def test_of_a_partial_failure_the_rest_waits(world, bus):
    payment_id, events = unpublished_payment(world)
    verdicts = iter([None, "AccessDeniedException"])
    bus.entry = lambda: next(verdicts, None)
    outbox = outbox_to(bus, world.database)
    outbox.publish(events, has_backlog=False)
    assert [event.sequence for event in world.store.unpublished(payment_id, limit=9)] == [2, 3]
    assert outbox.publish_waiting(payment_id)
    assert [each["sequence"] for each in bus.details] == [1, 2, 3]


def test_a_turn_is_bounded_and_goes_on_where_it_ended(world, bus, monkeypatch):
    monkeypatch.setattr(outbox_module, "_PAGE", 2)
    monkeypatch.setattr(outbox_module, "_MAX_PAGES", 2)
    payment_id, _ = unpublished_payment(world, capture=False)
    for _ in range(4):
        world.processor.capture(world.caller(), world.key(), payment_id, amount_minor=100)
    events = written(world, payment_id)
    assert len(events) > 8
    outbox = outbox_to(bus, world.database)
    turns = [outbox.publish_waiting(payment_id) for _ in range(len(events) // 4 + 1)]
    assert turns == [False] * (len(turns) - 1) + [True]
    assert [each["sequence"] for each in bus.details] == [event.sequence for event in events]
    assert outbox.publish_waiting(payment_id)
    assert len(bus.received) == len(events)


def faulty_run(world: World, kind: type[Outbox]) -> tuple[list[Event], ScriptedBus, int]:
    """Make payments and change them while entries, calls and marks fail at random; then do the sweeper's work."""
    chance = random.Random(7)
    database, bus = RecordingDatabase(world.database), ScriptedBus()
    outbox = outbox_to(bus, database, kind)
    processor = Processor(world.store, world.acquirer, outbox, key_ttl_ms=KEY_TTL_MS, now_ms=world.clock)
    failed_marks = []

    def fails() -> bool:
        failed_marks.append(chance.random() < 0.2)
        return failed_marks[-1]

    codes = ["ThrottlingException", "InternalFailure", "AccessDeniedException"]
    bus.entry = lambda: chance.choice(codes) if chance.random() < 0.3 else None
    bus.call = lambda: chance.choice(["lost", "unanswered"]) if chance.random() < 0.1 else None
    database.fails = fails
    ids = []
    for _ in range(PAYMENTS):
        request = PaymentRequest(amount_minor=1000, currency="EUR", card_token="tok_visa", capture=False)
        payment_id = processor.create(world.caller(), world.key(), request).answer.payment.id
        for _ in range(chance.randrange(4)):
            processor.capture(world.caller(), world.key(), payment_id, amount_minor=100)
        ids.append(payment_id)
    bus.entry = bus.call = lambda: None
    database.fails = lambda: False
    assert all(Outbox.publish_waiting(outbox, payment_id) for payment_id in ids)
    return [event for payment_id in ids for event in written(world, payment_id)], bus, sum(failed_marks)


def test_hundreds_of_payments_with_faults_lose_no_event_and_keep_their_order(world):
    events, bus, failed_marks = faulty_run(world, Outbox)
    assert problems(events, bus) == []
    assert len(events) > 2 * PAYMENTS
    assert bus.failures > PAYMENTS
    assert failed_marks > PAYMENTS / 10
    assert len(bus.received) > len(events)  # the price: some came twice
    assert world.store.backlog(world.clock() + 1_000_000, 10) == []


class HastyOutbox(Outbox):
    """Does not let what waits go first."""

    def publish(self, events, *, has_backlog):
        super().publish(events, has_backlog=False)


class ForgetfulOutbox(Outbox):
    """Takes for published what was handed over."""

    def _publish(self, events):
        self._publisher.publish(events)
        self._store.mark_published(events)
        return True


@pytest.mark.parametrize(("unguarded", "sign"), [(HastyOutbox, "came before"), (ForgetfulOutbox, "was lost")])
def test_the_check_sees_what_an_unguarded_outbox_does(world, unguarded, sign):
    events, bus, _ = faulty_run(world, unguarded)
    assert sum(sign in problem for problem in problems(events, bus)) > 20
