"""Checkout sessions: made once per key, seen only by their merchant, over when their time is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from tercet.payments.errors import (
    IllegalTransitionError,
    KeyReusedError,
    SessionNotFoundError,
    StoreUnavailableError,
)
from tercet.payments.model import State
from tercet.payments.sessions import SESSION_ID, SessionRequest, Sessions, SessionStatus
from tests.payments.events.conftest import TABLE, TTL_S

REQUEST = SessionRequest(amount_minor=1999, currency="EUR", metadata={"S": "7", "é": ""})


def opened(sessions, key="key-1", merchant="acme"):
    return sessions.create(merchant, key, "fingerprint", REQUEST)[0]


def pay(sessions, session, *, payment_id="pay_1", sequence=2, state=State.AUTHORIZED, event_id=None, merchant="acme"):
    return sessions.project(
        session_id=session.id,
        merchant=merchant,
        event_id=event_id or f"evt_{payment_id}_{sequence}",
        payment_id=payment_id,
        sequence=sequence,
        state=state,
    )


def test_a_session_is_open_and_found_by_its_merchant_only(sessions, clock):
    session, is_replay = sessions.create("acme", "key-1", "fingerprint", REQUEST)
    assert not is_replay
    assert SESSION_ID.fullmatch(session.id)
    assert vars(session) == {
        "id": session.id,
        "merchant": "acme",
        "amount_minor": 1999,
        "currency": "EUR",
        "metadata": {"S": "7", "é": ""},
        "status": SessionStatus.OPEN,
        "payment_id": None,
        "created_at_ms": int(clock.now * 1000),
        "expires_at_ms": int((clock.now + TTL_S) * 1000),
    }
    assert sessions.get("acme", session.id) == session
    with pytest.raises(SessionNotFoundError):
        sessions.get("other", session.id)
    with pytest.raises(SessionNotFoundError):
        sessions.expire("other", "key-1", session.id)
    assert sessions.get("acme", session.id) == session


@pytest.mark.parametrize("session_id", ["", "ses_1", "evt#evt_1", "ses_" + "0" * 32, "ses_" + "0" * 32 + "\n"])
def test_what_is_no_session_is_not_found(sessions, session_id):
    opened(sessions)
    with pytest.raises(SessionNotFoundError):
        sessions.get("acme", session_id)


def test_items_of_other_kinds_are_no_sessions(sessions, table):
    pay(sessions, opened(sessions))
    assert len(table.items()) == 3
    for item_id in table.items():
        if not SESSION_ID.fullmatch(item_id):
            with pytest.raises(SessionNotFoundError):
                sessions.get("acme", item_id)


def test_a_repeated_key_gets_the_first_answer_whatever_has_happened_since(sessions, clock):
    first = opened(sessions)
    pay(sessions, first)
    assert sessions.create("acme", "key-1", "fingerprint", REQUEST) == (first, True)
    with pytest.raises(KeyReusedError):
        sessions.create("acme", "key-1", "another", REQUEST)
    assert opened(sessions, merchant="other").id != first.id
    assert opened(sessions, key="key-2").id != first.id
    clock.now += TTL_S
    assert opened(sessions).id != first.id


def test_a_key_is_not_stored_as_it_was_written(sessions, table):
    sessions.create("acme", "alice@mail.invalid", "fingerprint", REQUEST)
    assert "alice" not in str(table.items())


def test_every_item_goes_in_the_end(sessions, table, clock):
    session = opened(sessions)
    sessions.expire("acme", "key-2", session.id)
    pay(sessions, session)
    left_s = {item_id: float(item["expires_at"]["N"]) - clock.now for item_id, item in table.items().items()}
    assert len(left_s) == 4
    assert min(left_s.values()) >= TTL_S
    assert left_s["evt#evt_pay_1_2"] > (30 + 1 + 14) * 86_400


def test_of_many_callers_with_one_key_one_makes_the_session(table, clock):
    with ThreadPoolExecutor(16) as pool:
        sessions = [Sessions(table.client, TABLE, ttl_s=TTL_S, now=clock) for _ in range(16)]
        answers = list(pool.map(lambda each: each.create("acme", "key-1", "fingerprint", REQUEST), sessions))
    assert len({session.id for session, _ in answers}) == 1
    assert sum(not is_replay for _, is_replay in answers) == 1
    assert len(table.items()) == 2


def test_a_session_past_its_time_has_expired_though_its_item_is_there(sessions, clock):
    session = opened(sessions)
    clock.now += TTL_S - 1
    assert sessions.get("acme", session.id).status is SessionStatus.OPEN
    clock.now += 1
    assert sessions.get("acme", session.id).status is SessionStatus.EXPIRED


def test_a_complete_session_stays_complete(sessions, clock):
    session = opened(sessions)
    assert pay(sessions, session)
    clock.now += TTL_S
    found = sessions.get("acme", session.id)
    assert (found.status, found.payment_id) == (SessionStatus.COMPLETE, "pay_1")
    with pytest.raises(IllegalTransitionError):
        sessions.expire("acme", "key-2", session.id)


def test_a_session_is_expired_once_and_the_answer_stays(sessions):
    session = opened(sessions)
    ended, is_replay = sessions.expire("acme", "key-2", session.id)
    assert (ended.status, is_replay) == (SessionStatus.EXPIRED, False)
    assert sessions.get("acme", session.id) == ended
    assert sessions.expire("acme", "key-2", session.id) == (ended, True)
    assert sessions.expire("acme", "key-3", session.id) == (ended, False)
    # The payment that was under way when it was ended completes it yet. The first answer stays what it was.
    pay(sessions, session)
    assert sessions.get("acme", session.id).status is SessionStatus.COMPLETE
    assert sessions.expire("acme", "key-2", session.id) == (ended, True)


def test_a_key_of_another_kind_of_request_is_refused(sessions):
    session = opened(sessions)
    other = opened(sessions, key="key-2")
    with pytest.raises(KeyReusedError):
        sessions.expire("acme", "key-1", session.id)
    sessions.expire("acme", "key-3", session.id)
    with pytest.raises(KeyReusedError):
        sessions.expire("acme", "key-3", other.id)
    assert sessions.get("acme", other.id).status is SessionStatus.OPEN


def test_a_session_that_is_paid_while_it_is_being_expired_is_complete(sessions, monkeypatch):
    session = opened(sessions)
    client = sessions._client
    original = client.transact_write_items
    calls = []

    def paid_meanwhile(**call):
        calls.append(call)
        if len(calls) == 1:
            pay(sessions, session)
        return original(**call)

    monkeypatch.setattr(client, "transact_write_items", paid_meanwhile)
    with pytest.raises(IllegalTransitionError):
        sessions.expire("acme", "key-2", session.id)
    assert sessions.get("acme", session.id).status is SessionStatus.COMPLETE


@pytest.mark.parametrize("state", [State.FAILED, State.VOIDED])
def test_a_payment_that_came_to_nothing_leaves_the_session_to_another(sessions, state):
    session = opened(sessions)
    assert pay(sessions, session, payment_id="pay_2", sequence=2)
    assert pay(sessions, session, payment_id="pay_2", sequence=3, state=state)
    assert sessions.get("acme", session.id).status is SessionStatus.OPEN
    # Its id may sort before the first one's: clocks differ.
    assert pay(sessions, session, payment_id="pay_1", sequence=2)
    found = sessions.get("acme", session.id)
    assert (found.status, found.payment_id) == (SessionStatus.COMPLETE, "pay_1")


def test_an_event_of_another_merchants_payment_changes_nothing(sessions, table):
    session = opened(sessions)
    before = table.items()
    assert not pay(sessions, session, merchant="other")
    assert table.items() == before


def test_an_event_whose_session_is_gone_makes_no_item(sessions, table):
    session = opened(sessions)
    table.clear()
    assert not pay(sessions, session)
    assert table.items() == {}


def cancelled(*codes: str) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": "TransactionCanceledException", "Message": "m"},
            "CancellationReasons": [{"Code": code} for code in codes],
        },
        "TransactWriteItems",
    )


def failing(client, monkeypatch, errors):
    """Let the first writes fail."""
    original, left = client.transact_write_items, list(errors)

    def write(**call):
        if left:
            raise left.pop(0)
        return original(**call)

    monkeypatch.setattr(client, "transact_write_items", write)
    return left


def test_conflicts_are_tried_again_and_bounded(sessions, monkeypatch):
    failing(sessions._client, monkeypatch, [cancelled("None", "TransactionConflict")] * 4)
    session = opened(sessions)
    left = failing(sessions._client, monkeypatch, [cancelled("ThrottlingError", "None")] * 9)
    with pytest.raises(StoreUnavailableError, match="ThrottlingError"):
        opened(sessions, key="key-2")
    assert len(left) == 4
    assert sessions.get("acme", session.id) == session


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://dynamodb"),
        ClientError({"Error": {"Code": "InternalServerError", "Message": "m"}}, "TransactWriteItems"),
        ClientError({"Error": {"Code": "TransactionInProgressException", "Message": "m"}}, "TransactWriteItems"),
    ],
)
def test_an_outage_is_told_as_one(sessions, monkeypatch, error):
    failing(sessions._client, monkeypatch, [error])
    with pytest.raises(StoreUnavailableError):
        opened(sessions)
    assert opened(sessions)


@pytest.mark.parametrize(
    "error",
    [
        cancelled("ValidationError", "None"),
        ClientError({"Error": {"Code": "ValidationException", "Message": "m"}}, "TransactWriteItems"),
    ],
)
def test_a_defect_of_ours_is_not_taken_for_an_outage(sessions, monkeypatch, error):
    failing(sessions._client, monkeypatch, [error])
    with pytest.raises(ClientError):
        opened(sessions)


def test_a_write_whose_answer_was_lost_is_found_by_its_key(sessions, monkeypatch):
    client = sessions._client
    original = client.transact_write_items
    answers = []

    def lost(**call):
        answers.append(original(**call))
        raise EndpointConnectionError(endpoint_url="https://dynamodb")

    with monkeypatch.context() as unlucky:
        unlucky.setattr(client, "transact_write_items", lost)
        with pytest.raises(StoreUnavailableError):
            opened(sessions)
    session, is_replay = sessions.create("acme", "key-1", "fingerprint", REQUEST)
    assert is_replay
    assert sessions.get("acme", session.id) == session
