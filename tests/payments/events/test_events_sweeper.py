"""The sweeper finishes what was left, leaves what is young, and lets nothing keep the rest waiting."""

from __future__ import annotations

import json

import pytest

from tercet.payments.database import Statement
from tercet.payments.deadline import Deadline
from tercet.payments.errors import PublishError, StoreUnavailableError
from tercet.payments.handlers import sweeper
from tercet.payments.model import State
from tests.payments.events.invocations import Context, Platform

HOUR_MS = 3_600_000


@pytest.fixture
def sweep(world, monkeypatch):
    """Sweep as if an hour had passed since the payments were made."""
    platform = Platform(world)
    monkeypatch.setattr(sweeper, "services", platform.services)
    world.clock.shift_ms = -HOUR_MS

    def run(remaining_ms=50_000):
        world.clock.shift_ms = 0  # the acquirer's silence is over, too
        return sweeper.handler({}, Context(remaining_ms))

    run.metrics = lambda: platform.lines[-1]
    return run


def refuse(_events):
    raise PublishError("the bus is away")


def unpublished(world, count=1):
    """Make payments while the bus is away."""
    with pytest.MonkeyPatch.context() as away:
        away.setattr(world.bus, "publish", refuse)
        return [world.create().answer.payment.id for _ in range(count)]


def unknown(world, count=1, token="tok_unreachable_once"):
    """Make payments whose acquirer does not answer."""
    return [world.create(token=token).answer.payment.id for _ in range(count)]


def figures(published=0, unpublished=0, resolved=0, unknown=0):
    return {"published": published, "unpublished": unpublished, "resolved": resolved, "unknown": unknown}


def states(world, ids):
    return [world.store.payment(payment_id).state for payment_id in ids]


def test_with_nothing_to_do_it_says_so(sweep):
    assert sweep() == figures()
    line = sweep.metrics()
    names = ("UnpublishedEvents", "OldestUnpublishedEventAge", "Unknown", "OldestUnknownAge")
    assert [line[name] for name in names] == [0, 0, 0, 0]
    assert line["Environment"] == "test"


def test_what_was_not_published_is(world, sweep):
    ids = unpublished(world, 3)
    assert sweep() == figures(published=3)
    assert [world.kinds(payment_id) for payment_id in ids] == [["created", "authorized", "captured"]] * 3
    assert sweep() == figures()


def test_what_is_unknown_is_asked_for_and_published(world, sweep):
    (arrived,) = unknown(world)
    (never,) = unknown(world, token="tok_unreachable")
    assert sweep() == figures(resolved=2)
    assert states(world, [arrived, never]) == [State.CAPTURED, State.FAILED]
    assert world.kinds(never) == ["created", "unknown", "failed"]
    assert world.kinds(arrived)[-2:] == ["captured", "settlement_due"]
    assert sweep() == figures()


def test_what_an_acquirer_still_keeps_to_itself_stays_unknown(world, sweep):
    ids = unknown(world)
    world.sandbox.inquire = world.sandbox.reverse = unavailable
    assert sweep() == figures(unknown=1)
    assert states(world, ids) == [State.UNKNOWN]
    line = sweep.metrics()
    assert line["Unknown"] == 1
    assert abs(line["OldestUnknownAge"] - HOUR_MS / 1000) < 600


def unavailable(*_args, **_kwargs):
    from tercet.payments.errors import AcquirerUnavailable

    raise AcquirerUnavailable("away")


def test_a_bus_that_is_away_is_told_by_the_metrics(world, sweep, monkeypatch):
    unpublished(world, 2)
    monkeypatch.setattr(world.bus, "publish", refuse)
    assert sweep() == figures(unpublished=2)
    line = sweep.metrics()
    assert line["UnpublishedEvents"] == 2
    assert abs(line["OldestUnpublishedEventAge"] - HOUR_MS / 1000) < 600


def test_what_is_young_is_left_to_who_began_it(world, sweep):
    world.clock.shift_ms = 0
    unpublished(world)
    unknown(world)
    assert sweep() == figures()
    assert len(world.store.running(world.clock() + 1, 9)) == 1


def test_it_gives_up_when_everything_is_down(world, sweep, monkeypatch):
    unpublished(world, 6)
    unknown(world, 6)
    asked, tried = [], []
    monkeypatch.setattr(world.sandbox, "inquire", lambda *_args, **_more: asked.append(1) or unavailable())
    monkeypatch.setattr(world.bus, "publish", lambda events: tried.append(1) or refuse(events))
    assert sweep() == figures(unpublished=6, unknown=6)
    assert len(asked) == sweeper.MAX_FAILURES_IN_A_ROW
    assert len(tried) == sweeper.MAX_FAILURES_IN_A_ROW


def test_a_payment_at_fault_does_not_keep_the_others_waiting(world, sweep, monkeypatch):
    ids = unpublished(world, 5)
    lost = unknown(world, 5)
    bus, processor = world.bus.publish, world.processor.resolve

    def publish(events):
        return refuse(events) if events[0].payment_id in ids[:2] else bus(events)

    def resolve(operation, deadline):
        if operation.payment_id in lost[:4]:
            raise ValueError("a defect")
        return processor(operation, deadline)

    monkeypatch.setattr(world.bus, "publish", publish)
    monkeypatch.setattr(world.processor, "resolve", resolve)
    with pytest.raises(ValueError, match="a defect"):  # in the end, so that an alarm rings
        sweep()
    assert [each.payment_id for each in world.store.backlog(world.clock(), 9)] == ids[:2]
    assert states(world, lost) == [State.UNKNOWN] * 4 + [State.CAPTURED]
    line = sweep.metrics()
    assert (line["UnpublishedEvents"], line["Unknown"]) == (2, 4)


def test_not_even_as_many_at_fault_as_it_tolerates_keep_the_others_waiting_for_ever(world, sweep, monkeypatch):
    ids = unpublished(world, 8)
    bus = world.bus.publish
    poison = ids[: sweeper.MAX_FAILURES_IN_A_ROW]

    def publish(events):
        return refuse(events) if events[0].payment_id in poison else bus(events)

    monkeypatch.setattr(world.bus, "publish", publish)
    minutes = iter(range(10_000))
    real = sweeper._now_ms
    monkeypatch.setattr(sweeper, "_now_ms", lambda: real() // 60_000 * 60_000 + next(minutes) * 60_000)
    for _ in range(200):
        sweep()
        if len(world.store.backlog(world.clock(), 99)) == len(poison):
            break
    assert {each.payment_id for each in world.store.backlog(world.clock(), 99)} == set(poison)


@pytest.mark.parametrize("what", ["operations", "events"])
def test_not_even_more_stuck_than_one_run_looks_at_keep_the_others_waiting_for_ever(world, sweep, monkeypatch, what):
    monkeypatch.setattr(sweeper, "MAX_FOUND", 4)
    ids = []
    for _ in range(12):
        world.clock.shift_ms += 240_000
        ids += unknown(world) if what == "operations" else unpublished(world)
    stuck = set(ids[:9])
    resolve, publish = world.processor.resolve, world.bus.publish

    def resolve_some(operation, deadline):
        return operation.payment_id not in stuck and resolve(operation, deadline)

    def publish_some(events):
        return refuse(events) if events[0].payment_id in stuck else publish(events)

    monkeypatch.setattr(world.processor, "resolve", resolve_some)
    monkeypatch.setattr(world.bus, "publish", publish_some)
    minutes, real = iter(range(10_000)), sweeper._now_ms
    monkeypatch.setattr(sweeper, "_now_ms", lambda: real() // 60_000 * 60_000 + next(minutes) % 2 * 60_000)
    gauge = "OldestUnknownAge" if what == "operations" else "OldestUnpublishedEventAge"
    read = world.store.running if what == "operations" else world.store.backlog
    for _ in range(300):
        sweep()
        # Wherever a run began, it tells the age of the oldest.
        assert abs(sweep.metrics()[gauge] - HOUR_MS / 1000) < 600
        if len(read(world.clock(), 99)) == len(stuck):
            break
    assert {each.payment_id for each in read(world.clock(), 99)} == stuck


def test_the_oldest_go_first_every_other_minute_and_everybody_has_a_turn():
    def turns(found, minute):
        def read(before_ms, limit, after_ms=0):
            return [sweeper.Waiting(f"pay_{each}", each) for each in found if after_ms <= each < before_ms][:limit]

        waiting = sweeper._in_turn(read, 60_000, minute * 60_000, key=lambda each: each.payment_id)
        return tuple(each.since_ms for each in waiting)

    found = list(range(5))
    assert {turns(found, minute) for minute in range(0, 100, 2)} == {(0, 1, 2, 3, 4)}
    others = {turns(found, minute) for minute in range(1, 1001, 2)}
    assert others == {(0, 1, 2, 3, 4), (1, 2, 3, 4, 0), (2, 3, 4, 0, 1), (3, 4, 0, 1, 2), (4, 0, 1, 2, 3)}
    assert turns([], 1) == ()


def test_everybody_of_a_burst_long_ago_has_a_turn_though_a_run_looks_at_few(monkeypatch):
    monkeypatch.setattr(sweeper, "MAX_FOUND", 10)
    burst = [sweeper.Waiting(f"pay_{each}", each) for each in range(200)]
    seen = set()
    for _ in range(100_000):
        found = sweeper._in_turn(
            lambda _before_ms, limit, after_ms: burst[after_ms : after_ms + limit],
            HOUR_MS,
            60_000,
            key=lambda each: each.payment_id,
        )
        assert len(found) <= 10
        assert burst[0] in found
        seen.update(each.since_ms for each in found)
        if len(seen) == len(burst):
            break
    assert len(seen) == len(burst)


@pytest.mark.parametrize("damage", ["kind = 'teleport'", """request = '{"of_a_later_release": 1}'"""])
def test_an_operation_that_cannot_be_read_does_not_keep_the_others_waiting(world, sweep, capsys, damage):
    ids = unknown(world, 3)
    operation = world.store.unanswered(ids[0])
    world.database.write(Statement(f"UPDATE operations SET {damage} WHERE id = :id", {"id": operation.id}))
    capsys.readouterr()
    with pytest.raises((ValueError, TypeError)):  # in the end, so that an alarm rings
        sweep()
    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    told = [line["operation_id"] for line in lines if line["event"] == "operation_unreadable"]
    assert told == [operation.id]
    assert states(world, ids) == [State.UNKNOWN, State.CAPTURED, State.CAPTURED]
    assert sweep.metrics()["Unknown"] == 1


@pytest.mark.parametrize(
    ("remaining_ms", "expected"),
    [
        (26_000, figures(published=4, resolved=4)),
        (24_000, figures(unpublished=4, resolved=4)),
        (11_000, figures(unpublished=4, unknown=4)),
        (0, figures(unpublished=4, unknown=4)),
    ],
)
def test_it_stops_in_time_and_says_what_is_left(world, sweep, remaining_ms, expected):
    unpublished(world, 4)
    unknown(world, 4)
    assert sweep(remaining_ms) == expected
    assert sweep.metrics()["Unknown"] == expected["unknown"]


def test_one_operation_may_not_take_all_the_time(world, sweep, monkeypatch):
    unknown(world)
    given = []
    monkeypatch.setattr(
        world.processor, "resolve", lambda _operation, deadline: given.append(deadline.remaining_s()) or True
    )
    sweep()
    sweep(15_000)
    assert sweeper.LONGEST_ASK_S - 2 < given[0] <= sweeper.LONGEST_ASK_S
    assert given[1] <= 15 - sweeper.OPERATIONS_KEEP_S


def test_it_takes_no_more_than_its_bound(world, sweep, monkeypatch):
    unpublished(world, 3)
    unknown(world, 3)
    monkeypatch.setattr(sweeper, "MAX_FOUND", 2)
    assert sweep() == figures(published=2, resolved=2)
    assert sweep() == figures(published=1, resolved=1)


def test_two_sweepers_at_once_do_no_harm(world, sweep, monkeypatch):
    (payment_id,) = unknown(world)
    original = world.processor.resolve

    def resolved_meanwhile(operation, deadline):
        assert original(operation, Deadline.after(20))
        return original(operation, deadline)

    monkeypatch.setattr(world.processor, "resolve", resolved_meanwhile)
    assert sweep() == figures(resolved=1)
    assert world.kinds(payment_id).count("captured") == 1


def test_a_database_that_is_away_is_an_error(world, sweep, monkeypatch):
    def away(*_args):
        raise StoreUnavailableError("away")

    monkeypatch.setattr(world.store, "backlog", away)
    with pytest.raises(StoreUnavailableError):
        sweep()


def test_what_is_resolved_is_logged_in_the_words_of_the_request_that_began_it(world, sweep, monkeypatch):
    from tercet.payments.logs import bound_fields

    (payment_id,) = unknown(world)
    operation = world.store.unanswered(payment_id)
    seen = []
    monkeypatch.setattr(world.processor, "resolve", lambda *_args: seen.append(dict(bound_fields())) or True)
    sweep()
    assert seen == [
        {
            "correlation_id": operation.correlation_id,
            "payment_id": payment_id,
            "operation_id": operation.id,
            "kind": "authorize",
        }
    ]
