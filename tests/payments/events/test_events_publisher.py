"""What is published reaches the bus, in order per payment, whichever entries and calls fail."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from tercet.payments.errors import PublishError
from tercet.payments.model import Event
from tercet.payments.publisher import BUDGET_S, EventBridgePublisher
from tests.payments.events.scripted import ScriptedBus, events_of, problems

CASES = 600


def publisher(bus: ScriptedBus, waits: list[float] | None = None) -> EventBridgePublisher:
    return EventBridgePublisher(bus, "bus-1", sleep=(waits if waits is not None else []).append)


def script(chance: random.Random, rate: float, verdicts: Sequence[str]):
    return lambda: chance.choice(verdicts) if chance.random() < rate else None


def publish_all(publisher, events: list[Event], *, rounds: int) -> int:
    """Do what outbox and sweeper do: what does not count as published comes again, from there on."""
    left = events
    for _ in range(rounds):
        try:
            left = left[publisher.publish(left) :]
        except PublishError:
            continue
        if not left:
            break
    return len(left)


def mixed(chance: random.Random) -> list[Event]:
    """Events of several payments, each payment's in order, the payments mingled."""
    queues = [events_of(f"pay_{number}", chance.randint(1, 7)) for number in range(chance.randint(1, 14))]
    events = []
    while queues := [queue for queue in queues if queue]:
        events.append(chance.choice(queues).pop(0))
    return events


def test_nothing_is_lost_and_order_is_kept_whatever_fails():
    published = failures = repeated = 0
    for seed in range(CASES):
        chance = random.Random(seed)
        bus = ScriptedBus(
            entry=script(chance, 0.25, ["ThrottlingException", "InternalFailure", "AccessDeniedException"]),
            call=script(chance, 0.1, ["lost", "unanswered"]),
        )
        events = mixed(chance)
        assert publish_all(publisher(bus), events, rounds=1000) == 0
        assert problems(events, bus) == []
        published += len(events)
        failures += bus.failures
        repeated += len(bus.received) - len(events)
    # The faults did happen, and cost repetitions, not events.
    assert published > 10_000
    assert failures > 2_000
    assert repeated > 500


class DeafPublisher(EventBridgePublisher):
    """Takes a call that was answered for one that succeeded."""

    def _put(self, entries):
        super()._put(entries)
        return {}


class CrowdingPublisher(EventBridgePublisher):
    """Puts ten events into each call, whosever they are."""

    def publish(self, events):
        entries = [self._entry(event) for event in events[:10]]
        failed = self._put(entries)
        return min(failed, default=len(entries))


@pytest.mark.parametrize(("unguarded", "sign"), [(DeafPublisher, "was lost"), (CrowdingPublisher, "came before")])
def test_the_check_sees_what_an_unguarded_publisher_does(unguarded, sign):
    seen = 0
    for seed in range(100):
        chance = random.Random(seed)
        bus = ScriptedBus(entry=script(chance, 0.25, ["ThrottlingException"]))
        events = mixed(chance)
        publish_all(unguarded(bus, "bus-1"), events, rounds=1000)
        seen += any(sign in problem for problem in problems(events, bus))
    assert seen > 50


def test_an_entry_that_fails_for_the_moment_is_repeated_at_once_and_alone():
    verdicts = iter([None, "ThrottlingException", None, "InternalFailure"])
    bus, waits = ScriptedBus(entry=lambda: next(verdicts, None)), []
    events = [event for number in range(4) for event in events_of(f"pay_{number}", 1)]
    assert publisher(bus, waits).publish(events) == 4
    assert bus.calls == [4, 2]
    assert len(waits) == 1
    assert 0 < waits[0] < 1


@pytest.mark.parametrize(
    ("code", "calls"), [("ThrottlingException", 3), ("InternalFailure", 3), ("MalformedDetail", 1)]
)
def test_an_entry_that_keeps_failing_is_given_up_and_hides_those_after_it(code, calls):
    verdicts = {"pay_1": code}
    bus = ScriptedBus()
    bus.entry = None

    def take(entry):
        failure = verdicts.get(json.loads(entry["Detail"])["payment_id"])
        if failure:
            return {"ErrorCode": failure, "ErrorMessage": "m"}
        bus.received.append(entry)
        return {"EventId": "1"}

    bus._take = take
    events = [event for number in range(3) for event in events_of(f"pay_{number}", 1)]
    assert publisher(bus).publish(events) == 1
    assert len(bus.calls) == calls
    # The third is there, but does not count.
    assert [each["payment_id"] for each in bus.details] == ["pay_0", "pay_2"]


def test_a_slow_bus_is_given_no_further_call_once_the_time_is_up():
    now_s = [50.0]
    bus = ScriptedBus()
    bus.call = lambda: now_s.__setitem__(0, now_s[0] + BUDGET_S / 2 + 0.1)
    slow = EventBridgePublisher(bus, "bus-1", sleep=lambda _seconds: None, now_s=lambda: now_s[0])
    assert slow.publish(events_of("pay_1", 9)) == 2  # one call each
    bus.calls.clear()
    bus.entry = lambda: "ThrottlingException"
    assert slow.publish(events_of("pay_2", 1)) == 0
    assert len(bus.calls) == 2  # of three attempts
    assert slow.publish(events_of("pay_3", 1)) == 0  # each call has its own time


@pytest.mark.parametrize("verdict", ["lost", "unanswered"])
def test_a_call_that_fails_as_a_whole_is_an_error_unless_something_was_published(verdict):
    calls = iter([None, verdict, verdict])
    bus = ScriptedBus(call=lambda: next(calls))
    events = events_of("pay_1", 2)
    assert publisher(bus).publish(events) == 1
    with pytest.raises(PublishError, match="InternalException" if verdict == "lost" else "ConnectionClosedError"):
        publisher(bus).publish(events[1:])


def test_an_answer_that_tells_of_fewer_entries_does_not_count_for_the_others():
    bus = ScriptedBus()
    original = bus.put_events
    bus.put_events = lambda **call: {"Entries": original(**call)["Entries"][:1]}
    events = [event for number in range(3) for event in events_of(f"pay_{number}", 1)]
    assert publisher(bus).publish(events) == 1


def test_calls_hold_no_more_than_eventbridge_takes():
    bus = ScriptedBus()  # which refuses what is too much
    many = [event for number in range(25) for event in events_of(f"pay_{number}", 1)]
    assert publisher(bus).publish(many) == 25
    assert bus.calls == [10, 10, 5]
    bus.calls.clear()
    big = [event for number in range(6) for event in events_of(f"pay_{number}", 1, padding=50_000)]
    assert publisher(bus).publish(big) == 6
    assert bus.calls == [2, 2, 2]  # each of these is a little over 100,000 bytes, though half as many characters


def test_an_event_is_what_consumers_expect(monkeypatch):
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=557abcec3ee5a047;Sampled=1"
    monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
    bus = ScriptedBus()
    (event,) = events_of("pay_1", 1)
    assert publisher(bus).publish([event]) == 1
    (entry,) = bus.received
    detail = json.loads(entry.pop("Detail"))
    assert entry == {
        "Source": "tercet.payments",
        "DetailType": "payment.captured",
        "EventBusName": "bus-1",
        "Time": datetime(2027, 1, 15, 8, 0, 0, 123_000, UTC),
        "TraceHeader": trace,
    }
    assert detail == {
        "event_id": event.id,
        "payment_id": "pay_1",
        "sequence": 1,
        "merchant": "acme",
        "correlation_id": "request-1",
        "operation_id": "op_pay_1",
        "created_at": "2027-01-15T08:00:00.123Z",
        "state": "captured",
        "note": "",
    }


def test_a_detail_cannot_pass_itself_off_as_the_envelope():
    bus = ScriptedBus()
    (event,) = events_of("pay_1", 1)
    forged = Event(**{**vars(event), "detail": {**event.detail, "event_id": "evt_x", "sequence": 9}})
    publisher(bus).publish([forged])
    assert (bus.details[0]["event_id"], bus.details[0]["sequence"]) == (event.id, 1)
