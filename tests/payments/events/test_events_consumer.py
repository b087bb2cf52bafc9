"""However often and in whatever order events are delivered, sessions end up the same; a bad record fails alone."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tercet.payments.handlers import consumer
from tercet.payments.model import State
from tercet.payments.sessions import SessionRequest, Sessions, SessionStatus
from tests.payments.events.conftest import TABLE, TTL_S, Clock

AUTHORIZED, CAPTURED = ("payment.authorized", State.AUTHORIZED), ("payment.captured", State.CAPTURED)
VOIDED, FAILED = ("payment.voided", State.VOIDED), ("payment.failed", State.FAILED)
STORIES = (
    (AUTHORIZED, CAPTURED),
    (AUTHORIZED, VOIDED),
    (FAILED,),
    (("payment.authenticated", State.AUTHORIZED), CAPTURED),
    (AUTHORIZED, ("payment.captured", State.PARTIALLY_CAPTURED), CAPTURED),
)


@pytest.fixture
def project(sessions, monkeypatch):
    """Hand bodies to the consumer, as one batch, and tell which of them failed."""
    monkeypatch.setattr(consumer, "services", lambda: SimpleNamespace(sessions=sessions))

    def run(*bodies: str) -> list[str]:
        records = [{"messageId": f"m{number}", "body": body} for number, body in enumerate(bodies)]
        answer = consumer.handler({"Records": records}, None)
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]

    return run


def body(session_id, payment_id, sequence, kind, state, **detail) -> str:
    """Write an event as SQS delivers it."""
    return json.dumps(
        {
            "source": "tercet.payments",
            "detail-type": kind,
            "detail": {
                "event_id": f"evt_{payment_id}_{sequence}",
                "payment_id": payment_id,
                "sequence": sequence,
                "merchant": "acme",
                "correlation_id": "request-1",
                "state": str(state),
                "session_id": session_id,
                **detail,
            },
        }
    )


def opened(sessions, key="key-1"):
    return sessions.create("acme", key, "fingerprint", SessionRequest(amount_minor=1, currency="EUR"))[0]


def test_a_payment_completes_its_session(sessions, project):
    session = opened(sessions)
    assert project(body(session.id, "pay_1", 2, *AUTHORIZED), body(session.id, "pay_1", 3, *CAPTURED)) == []
    found = sessions.get("acme", session.id)
    assert (found.status, found.payment_id) == (SessionStatus.COMPLETE, "pay_1")


class Guardless(Sessions):
    """Takes every event for a new one, and the last that comes for the latest."""

    def _transact(self, writes):
        if "Update" not in writes[-1]:
            return super()._transact(writes)
        update = writes[-1]["Update"]
        update["ConditionExpression"] = "merchant = :merchant"
        del update["ExpressionAttributeNames"]["#sequence"], update["ExpressionAttributeValues"][":sequence"]
        return super()._transact(writes[1:])


def outcome(sessions, bodies, monkeypatch):
    """Deliver to a new session, and tell where it ends up."""
    session = opened(sessions)
    placed = [text.replace("SESSION", session.id) for text in bodies]
    with monkeypatch.context() as patch:
        patch.setattr(consumer, "services", lambda: SimpleNamespace(sessions=sessions))
        records = [{"messageId": str(number), "body": text} for number, text in enumerate(placed)]
        assert consumer.handler({"Records": records}, None) == {"batchItemFailures": []}
    found = sessions.get("acme", session.id)
    return found.status, found.payment_id


def told(stories) -> list[str]:
    """Write the events of one payment after the other; only the last of these may keep the session."""
    return [
        body("SESSION", f"pay_{number}", sequence, kind, state)
        for number, story in enumerate(stories)
        for sequence, (kind, state) in enumerate(story, start=2)
    ]


def deliveries(chosen: st.SearchStrategy):
    """Some payments that came to nothing and one more; and a delivery of all their events, some several times."""
    stories = st.tuples(st.lists(st.sampled_from([STORIES[1], STORIES[2]]), max_size=2), chosen)
    return stories.map(lambda each: [*each[0], each[1]]).flatmap(
        lambda stories: st.tuples(
            st.just(stories),
            st.lists(st.sampled_from(told(stories)), max_size=6).flatmap(
                lambda again: st.permutations([*told(stories), *again])
            ),
        )
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(delivery=deliveries(st.sampled_from(STORIES)))
def test_any_order_with_any_duplicates_ends_in_the_same_session(delivery, table, monkeypatch):
    stories, bodies = delivery
    table.clear()
    sessions = Sessions(table.client, TABLE, ttl_s=TTL_S, now=Clock())
    last = stories[-1][-1][1]
    paid = last not in {State.VOIDED, State.FAILED}
    expected = (SessionStatus.COMPLETE, f"pay_{len(stories) - 1}") if paid else (SessionStatus.OPEN, None)
    assert outcome(sessions, bodies, monkeypatch) == expected


def test_without_its_guards_the_consumer_is_led_astray(table, monkeypatch):
    stories = [STORIES[1]]
    authorized, voided = told(stories)
    ends = {}
    for kind in (Sessions, Guardless):
        for name, bodies in {"reordered": [voided, authorized], "repeated": [authorized, voided, authorized]}.items():
            table.clear()
            sessions = kind(table.client, TABLE, ttl_s=TTL_S, now=Clock())
            ends[kind, name] = outcome(sessions, bodies, monkeypatch)[0]
    assert {ends[Sessions, name] for name in ("reordered", "repeated")} == {SessionStatus.OPEN}
    assert {ends[Guardless, name] for name in ("reordered", "repeated")} == {SessionStatus.COMPLETE}


def test_an_event_is_recognized_by_its_id_whatever_its_number(sessions, project, table):
    session = opened(sessions)
    project(body(session.id, "pay_1", 2, *AUTHORIZED))
    before = table.items()
    # The same id again, under a number that would pass the other guard.
    assert project(body(session.id, "pay_1", 9, *VOIDED, event_id="evt_pay_1_2")) == []
    assert table.items() == before


def test_a_payment_without_a_session_costs_no_call(project, sessions, monkeypatch):
    def refuse(**_call):
        raise AssertionError("nothing is to be written")

    monkeypatch.setattr(sessions._client, "transact_write_items", refuse)
    monkeypatch.setattr(sessions._client, "get_item", refuse)
    assert project(body(None, "pay_1", 2, *AUTHORIZED)) == []


GOOD = json.loads(body("ses_" + "0" * 32, "pay_1", 2, *AUTHORIZED))


def changed(**detail) -> str:
    return json.dumps({**GOOD, "detail": {**GOOD["detail"], **detail}})


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        "[" * 20_000,
        json.dumps({**GOOD, "source": "other"}),
        json.dumps({**GOOD, "detail-type": "payment.refunded"}),
        json.dumps({**GOOD, "detail-type": ["x"]}),
        json.dumps({**GOOD, "detail": []}),
        changed(event_id="1"),
        changed(event_id="evt_" + "x" * 200),
        changed(payment_id=2),
        changed(payment_id="pay_é"),
        changed(sequence="2"),
        changed(sequence=0),
        changed(sequence=True),
        changed(state="rich"),
        changed(state=None),
        changed(merchant=""),
        changed(correlation_id=None),
        changed(session_id="evt#evt_1"),
        changed(session_id=7),
    ],
)
def test_a_malformed_record_fails_alone(sessions, project, bad):
    session = opened(sessions)
    assert project(bad, body(session.id, "pay_1", 2, *AUTHORIZED)) == ["m0"]
    assert sessions.get("acme", session.id).status is SessionStatus.COMPLETE


def test_a_record_fails_alone_when_the_table_does(sessions, project, monkeypatch):
    first, second = opened(sessions), opened(sessions, "key-2")
    client = sessions._client
    original, calls = client.transact_write_items, []

    def first_fails(**call):
        calls.append(call)
        if len(calls) == 1:
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": "m"}}, "TransactWriteItems")
        return original(**call)

    monkeypatch.setattr(client, "transact_write_items", first_fails)
    bodies = body(first.id, "pay_1", 2, *AUTHORIZED), body(second.id, "pay_2", 2, *AUTHORIZED)
    assert project(*bodies) == ["m0"]
    assert sessions.get("acme", first.id).status is SessionStatus.OPEN
    assert sessions.get("acme", second.id).status is SessionStatus.COMPLETE
    assert project(*bodies) == []  # delivered again, as SQS does
    assert sessions.get("acme", first.id).status is SessionStatus.COMPLETE


def test_a_record_that_meets_a_defect_fails_alone_and_is_logged(sessions, project, monkeypatch, capsys):
    first, second = opened(sessions), opened(sessions, "key-2")
    original = sessions._client.transact_write_items

    def refuses_the_first(**call):
        if first.id in str(call):  # as an item over 400 KB is refused
            raise ClientError({"Error": {"Code": "ValidationException", "Message": "m"}}, "TransactWriteItems")
        return original(**call)

    monkeypatch.setattr(sessions._client, "transact_write_items", refuses_the_first)
    capsys.readouterr()
    assert project(body(first.id, "pay_1", 2, *AUTHORIZED), body(second.id, "pay_2", 2, *AUTHORIZED)) == ["m0"]
    assert sessions.get("acme", second.id).status is SessionStatus.COMPLETE
    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    (line,) = [line for line in lines if line["event"] == "event_not_projected"]
    assert (line["message_id"], line["cause"], line["code"]) == ("m0", "ClientError", "ValidationException")


def test_every_kind_that_is_followed_exists():
    from tercet.payments.transitions import EVENT_KINDS

    assert set(consumer.FOLLOWED) <= set(EVENT_KINDS)


def test_each_line_of_the_log_carries_the_correlation_id(sessions, project, capsys):
    project(body(opened(sessions).id, "pay_1", 2, *AUTHORIZED))
    (line,) = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert (line["event"], line["correlation_id"]) == ("event_projected", "request-1")
