"""Every event reaches the bus, whatever breaks after the write; and the consumer takes each once."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tercet.payments import events, sweeper
from tercet.payments.model import session_of
from tercet.payments.services import services
from tercet.payments.sessions import MAX_TIMELINE, SHARDS, Sessions
from tests.payments.conftest import TABLE


def metrics(capfd) -> dict[str, object]:
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    (line,) = [each for each in lines if "_aws" in each]
    (definition,) = line["_aws"]["CloudWatchMetrics"]
    assert definition["Namespace"] == "Tercet/Payments"
    assert definition["Dimensions"] == [["Environment"]]
    assert {each["Name"]: each["Unit"] for each in definition["Metrics"]} == {
        "OldestUnpublishedEventAge": "Seconds",
        "UnpublishedEvents": "Count",
    }
    assert line["Environment"] == "test"
    return line


def test_a_payment_is_answered_when_the_bus_is_down_and_the_sweeper_publishes(platform, bus_down, capfd):
    made = platform.pay()
    assert made.status == 201
    platform.age_outbox(made.body["id"])
    assert platform.sweep() == {"published": 0, "left": 1}
    assert metrics(capfd)["OldestUnpublishedEventAge"] > 1_000_000
    bus_down()
    assert platform.published() == []
    assert platform.sweep() == {"published": 1, "left": 0}
    line = metrics(capfd)
    assert (line["OldestUnpublishedEventAge"], line["UnpublishedEvents"]) == (0, 0)
    (event,) = platform.published()
    assert event["detail"]["payment_id"] == made.body["id"]
    assert not {"unpublished_shard", "unpublished_since", "unpublished_events"} & platform.items()[0].keys()
    assert platform.sweep() == {"published": 0, "left": 0}


def test_a_crash_between_write_and_publication_loses_nothing(platform, monkeypatch):
    with monkeypatch.context() as crash:
        crash.setattr(services().publisher._client, "put_events", lambda **_: (_ for _ in ()).throw(MemoryError))
        with pytest.raises(MemoryError):
            platform.pay("key-1")
    (item,) = platform.items()
    platform.age_outbox(item["payment_id"]["S"])
    platform.sweep()
    assert [event["detail-type"] for event in platform.published()] == ["payment.requested"]
    assert platform.pay("key-1").headers["Idempotent-Replayed"] == "true"


def test_events_of_a_payment_are_published_in_order(platform, bus_down):
    payment_id = platform.pay().body["id"]
    for step in ("authorize", "capture", "settle"):
        platform.step(step, payment_id)
    bus_down()
    platform.age_outbox(payment_id)
    platform.sweep()
    assert [event["detail"]["state"] for event in platform.published()] == [
        "requested",
        "authorized",
        "captured",
        "settled",
    ]


def test_a_partial_failure_keeps_what_failed_and_what_comes_after_it(platform, bus_down, monkeypatch):
    payment_id = platform.pay().body["id"]
    platform.step("authorize", payment_id)
    platform.step("capture", payment_id)
    bus_down()
    client = services().publisher._client
    original = client.put_events

    def second_fails(**call):
        original(Entries=[call["Entries"][0], call["Entries"][2]])
        return {
            "FailedEntryCount": 1,
            "Entries": [{"EventId": "1"}, {"ErrorCode": "InternalFailure", "ErrorMessage": "m"}, {"EventId": "3"}],
        }

    platform.age_outbox(payment_id)
    with monkeypatch.context() as partial:
        partial.setattr(client, "put_events", second_fails)
        assert platform.sweep() == {"published": 0, "left": 1}
    (item,) = platform.items()
    assert [each["M"]["kind"]["S"] for each in item["unpublished_events"]["L"]] == [
        "payment.authorized",
        "payment.captured",
    ]
    assert platform.sweep() == {"published": 1, "left": 0}
    seen = platform.published()
    assert [event["detail"]["state"] for event in seen] == ["requested", "captured", "authorized", "captured"]
    assert len({event["detail"]["event_id"] for event in seen}) == 3


def test_an_event_written_meanwhile_is_not_swept_away(platform, bus_down):
    payment_id = platform.pay().body["id"]
    sessions = services().sessions
    stale = sessions.get(payment_id)
    platform.step("authorize", payment_id)
    assert sessions.mark_published(stale, 1) is False
    assert len(sessions.get(payment_id).unpublished) == 2
    # Nor is one that has taken the place of another, so that there are as many as before.
    assert sessions.mark_published(sessions.get(payment_id), 1) is True
    assert len(sessions.get(payment_id).unpublished) == len(stale.unpublished)
    assert sessions.mark_published(stale, 1) is False


def test_the_sweeper_leaves_young_events_to_who_wrote_them(platform, bus_down):
    platform.pay()
    bus_down()
    assert platform.sweep() == {"published": 0, "left": 0}


def test_the_sweeper_stops_in_time_and_says_what_is_left(platform, bus_down, capfd):
    for payment_id in [platform.pay().body["id"] for _ in range(4)]:
        platform.age_outbox(payment_id)
    bus_down()
    assert platform.sweep(remaining_ms=20_000) == {"published": 0, "left": 4}
    assert metrics(capfd)["UnpublishedEvents"] == 4
    assert platform.published() == []


def test_the_sweeper_gives_up_when_the_bus_is_down(platform, bus_down, monkeypatch):
    for payment_id in [platform.pay().body["id"] for _ in range(6)]:
        platform.age_outbox(payment_id)
    tried = []
    publisher = services().publisher
    monkeypatch.setattr(
        type(publisher),
        "publish",
        lambda self, given: tried.append(given) or (_ for _ in ()).throw(events.PublishError()),
    )
    assert platform.sweep() == {"published": 0, "left": 6}
    assert len(tried) == 3


def test_the_sweeper_takes_no_more_than_its_bound_and_tells_of_the_rest(platform, bus_down, monkeypatch, capfd):
    for payment_id in [platform.pay().body["id"] for _ in range(5)]:
        platform.age_outbox(payment_id)
    bus_down()
    monkeypatch.setattr(sweeper, "MAX_PAYMENTS_PER_RUN", 3)
    assert platform.sweep() == {"published": 3, "left": 2}
    line = metrics(capfd)
    assert (line["UnpublishedEvents"], line["OldestUnpublishedEventAge"] > 1_000_000) == (2, True)


def test_no_shard_waits_for_ever_behind_another(platform, bus_down):
    for number in range(30):
        platform.age_outbox(platform.pay(f"key-{number}").body["id"])
    minutes = (600.0 * 60 + 60 * minute for minute in range(len(SHARDS)))
    first = set()
    for now in minutes:
        sessions = Sessions(platform.dynamodb, TABLE, ttl_s=86_400, now=lambda now=now: now)
        found = [payment_id for payment_id, _ in sessions.unpublished(older_than_s=10, per_shard=1)]
        assert len(found) == len(SHARDS)
        first.add(found[0])
    assert len(first) == len(SHARDS)


def test_a_payment_that_cannot_be_read_does_not_keep_the_others_waiting(platform, bus_down, monkeypatch):
    ids = [platform.pay().body["id"] for _ in range(3)]
    for payment_id in ids:
        platform.age_outbox(payment_id)
    bus_down()
    client = services().sessions._client
    original = client.get_item

    def one_fails(**kwargs):
        if kwargs["Key"]["id"]["S"] == session_of(ids[1]):
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": "m"}}, "GetItem")
        return original(**kwargs)

    monkeypatch.setattr(client, "get_item", one_fails)
    assert platform.sweep() == {"published": 2, "left": 1}


def received(platform) -> list[str]:
    return [json.dumps(event) for event in platform.published() if event["detail-type"] != "payment.requested"]


def timeline(platform) -> list[str]:
    return [each["M"]["kind"]["S"] for each in platform.items()[0].get("timeline", {"L": []})["L"]]


def test_the_consumer_notes_each_event_once(platform):
    payment_id = platform.pay().body["id"]
    platform.step("authorize", payment_id)
    platform.step("capture", payment_id)
    bodies = received(platform)
    assert platform.consume(*bodies, *bodies) == []
    assert platform.consume(*bodies) == []
    assert timeline(platform) == ["payment.authorized", "payment.captured"]


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        "[" * 20_000,
        '{"source": "other", "detail-type": "payment.failed", "detail": {}}',
        '{"source": "tercet.payments", "detail-type": "payment.requested", "detail": {}}',
        '{"source": "tercet.payments", "detail-type": ["x"], "detail": {}}',
        '{"source": "tercet.payments", "detail-type": "payment.failed", "detail": []}',
        '{"source": "tercet.payments", "detail-type": "payment.failed", "detail": {"event_id": "evt_1"}}',
        '{"source": "tercet.payments", "detail-type": "payment.failed", "detail": {"event_id": 1, "payment_id": 2}}',
    ],
)
def test_a_malformed_record_fails_alone(platform, bad):
    platform.step("authorize", platform.pay().body["id"])
    assert platform.consume(bad, *received(platform)) == ["m0"]
    assert timeline(platform) == ["payment.authorized"]


def test_a_record_fails_alone_when_the_table_does(platform, monkeypatch):
    platform.step("authorize", platform.pay().body["id"])
    platform.step("capture", platform.items()[0]["payment_id"]["S"])
    bodies = received(platform)
    client = services().sessions._client
    original = client.update_item
    calls = []

    def first_fails(**kwargs):
        calls.append(kwargs)
        if len(calls) == 1:
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": "m"}}, "UpdateItem")
        return original(**kwargs)

    monkeypatch.setattr(client, "update_item", first_fails)
    assert platform.consume(*bodies) == ["m0"]
    assert timeline(platform) == ["payment.captured"]


def test_an_event_of_a_payment_that_is_gone_makes_no_new_item(platform):
    platform.step("authorize", platform.pay().body["id"])
    (body,) = received(platform)
    payment_id = platform.items()[0]["payment_id"]["S"]
    platform.step("void", payment_id)
    platform.expire(payment_id)
    assert platform.consume(body) == []
    assert timeline(platform) == []
    assert platform.consume(body.replace(payment_id, "pay_" + "b" * 40)) == []
    assert len(platform.items()) == 1


def test_a_timeline_is_bounded(platform):
    payment_id = platform.pay().body["id"]
    sessions = services().sessions
    noted = [sessions.record(payment_id, event_id=f"evt_{n}", kind="payment.failed") for n in range(MAX_TIMELINE + 2)]
    assert noted == [True] * MAX_TIMELINE + [False, False]


def test_events_carry_the_trace(platform, monkeypatch):
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793")
    seen = []
    client = services().publisher._client
    original = client.put_events
    monkeypatch.setattr(client, "put_events", lambda **call: seen.extend(call["Entries"]) or original(**call))
    platform.pay()
    assert seen[0]["TraceHeader"].startswith("Root=")
