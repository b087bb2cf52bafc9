"""Every event that was written reaches the bus, in order per payment, whatever breaks after the write."""

from __future__ import annotations

import itertools
import random

import pytest

from tercet.payments import outbox as outbox_module
from tercet.payments.database import Database, Statement
from tercet.payments.database.opening import open_database
from tercet.payments.errors import PublishError, RefusedError, StoreUnavailableError
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
    publisher = EventBridgePublisher(bus, "bus-1", sleep=lambda _seconds: None)
    # Between any two looks at this clock, the bus has rested long enough.
    return kind(Store(database), publisher, now_s=itertools.count(0, 10 * outbox_module.REST_S).__next__)


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


@pytest.mark.parametrize("has_backlog", [False, True])
def test_not_even_a_defect_turns_what_was_committed_into_an_error(world, bus, monkeypatch, capsys, has_backlog):
    payment_id, events = unpublished_payment(world)

    def defect(*_args):
        raise RefusedError("the database refuses the statement (1064)")

    monkeypatch.setattr(Store, "mark_published", defect)
    capsys.readouterr()
    outbox_to(bus, world.database).publish(events, has_backlog=has_backlog)
    assert '"cause":"RefusedError"' in capsys.readouterr().out
    assert world.store.find("acme", payment_id).has_backlog


def test_a_bus_that_has_failed_rests_for_a_while_on_the_request_path_alone(world, bus, capsys):
    payment_id, events = unpublished_payment(world)
    now_s = [1_000.0]
    publisher = EventBridgePublisher(bus, "bus-1", sleep=lambda _seconds: None)
    outbox = Outbox(world.store, publisher, now_s=lambda: now_s[0])
    bus.call = lambda: "lost"
    outbox.publish(events, has_backlog=False)
    assert len(bus.calls) == 1
    bus.call = lambda: None
    now_s[0] += outbox_module.REST_S - 0.1
    capsys.readouterr()
    for has_backlog in (False, True):
        outbox.publish(events, has_backlog=has_backlog)
    assert len(bus.calls) == 1
    assert capsys.readouterr().out.count('"event":"events_left_in_outbox"') == 2
    assert outbox.publish_waiting(payment_id)  # the sweeper asks nevertheless
    assert problems(events, bus) == []
    now_s[0] += 0.2
    bus.received.clear()
    outbox.publish(events, has_backlog=False)
    assert problems(events, bus) == []


def test_what_is_no_fault_of_the_bus_does_not_make_it_rest(world, recorded, bus):
    _, events = unpublished_payment(world)
    publisher = EventBridgePublisher(bus, "bus-1", sleep=lambda _seconds: None)
    outbox = Outbox(Store(recorded), publisher, now_s=lambda: 0.0)
    recorded.fails = lambda: True
    outbox.publish(events, has_backlog=False)
    outbox.publish(events, has_backlog=False)
    assert len(bus.received) == 2 * len(events)


def test_a_request_publishes_one_page_of_a_backlog_at_most(world, bus, monkeypatch):
    monkeypatch.setattr(outbox_module, "_PAGE", 2)
    payment_id, events = unpublished_payment(world)
    outbox_to(bus, world.database).publish(events, has_backlog=True)
    assert [each["sequence"] for each in bus.details] == [1, 2]
    assert [event.sequence for event in world.store.unpublished(payment_id, limit=9)] == [3]


def test_a_backlog_names_each_payment_once_with_its_oldest_event(world):
    ids = []
    for _ in range(3):
        world.clock.shift_ms += 1_000
        ids.append(unpublished_payment(world)[0])
    found = world.store.backlog(world.clock() + 1, 9)
    assert [each.payment_id for each in found] == ids
    oldest = [world.store.unpublished(payment_id, limit=1)[0].created_at_ms for payment_id in ids]
    assert [each.since_ms for each in found] == oldest
    assert [each.payment_id for each in world.store.backlog(world.clock() + 1, 2)] == ids[:2]
    assert [each.payment_id for each in world.store.backlog(world.clock() + 1, 9, oldest[1])] == ids[1:]


def test_what_is_left_is_found_by_an_index_alone_and_nothing_is_sorted(sqlite_url):
    database = open_database(sqlite_url)
    asked = []

    class Explaining(RecordingDatabase):
        def read(self, statement):
            asked.append(statement)
            return super().read(statement)

    try:
        store = Store(Explaining(database))
        store.backlog(1, 9)
        store.running(1, 9)
        plans = [
            str([row["detail"] for row in database.read(Statement("EXPLAIN QUERY PLAN " + each.sql, each.values))])
            for each in asked
        ]
    finally:
        database.close()
    for plan, index in zip(plans, ("events_unpublished", "operations_running"), strict=True):
        assert f"INDEX {index}" in plan
        assert "TEMP B-TREE" not in plan


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
