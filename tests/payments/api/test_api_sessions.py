"""Sessions through the API."""

from __future__ import annotations

from datetime import datetime

import pytest

from tercet.payments.errors import StoreUnavailableError
from tests.payments.api.merchant import NOBODYS_SESSION, Platform
from tests.payments.events.conftest import TTL_S


def show(platform: Platform, session_id: str, merchant: str = "acme") -> dict[str, object]:
    return platform.call("getSession", path={"session_id": session_id}, merchant=merchant).body


def test_a_session_is_made_and_shown(platform: Platform) -> None:
    made = platform.open_session(metadata={"cart": "é日"})
    assert (made.status, made.body["status"], made.body["metadata"]) == (201, "open", {"cart": "é日"})
    assert (made.body["payment_id"], made.body["exponent"]) == (None, 2)
    assert show(platform, made.body["id"]) == made.body
    lifetime = datetime.fromisoformat(made.body["expires_at"]) - datetime.fromisoformat(made.body["created_at"])
    assert lifetime.total_seconds() == TTL_S


def test_a_repeated_key_gets_the_first_answer_and_another_request_is_refused(platform: Platform) -> None:
    made = platform.open_session("key-1")
    platform.call("expireSession", path={"session_id": made.body["id"]})
    again = platform.open_session("key-1")
    assert (again.status, again.is_replay, again.text) == (201, True, made.text)
    for change in ({"amount_minor": 1}, {"currency": "USD"}, {"metadata": {"a": "b"}}):
        assert platform.open_session("key-1", **change).code == "idempotency_key_reused"


def test_a_session_is_complete_as_soon_as_its_payment_is_made(platform: Platform) -> None:
    session_id = platform.open_session().body["id"]
    declined = platform.pay(session_id=session_id, card_token="tok_declined")
    assert (declined.status, show(platform, session_id)["status"]) == (402, "open")
    payment_id = platform.pay(session_id=session_id).body["id"]
    shown = show(platform, session_id)
    assert (shown["status"], shown["payment_id"]) == ("complete", payment_id)


def test_a_session_is_not_complete_before_the_card_holder_has_acted(platform: Platform) -> None:
    session_id = platform.open_session().body["id"]
    payment_id = platform.pay(session_id=session_id, card_token="tok_3ds").body["id"]
    assert show(platform, session_id)["status"] == "open"
    platform.notify(payment_id, "authenticate")
    assert show(platform, session_id)["status"] == "complete"


def test_a_session_stays_complete_while_a_refund_is_unknown(platform: Platform) -> None:
    session_id = platform.open_session().body["id"]
    payment_id = platform.pay(session_id=session_id, card_token="tok_refund_unreachable").body["id"]
    assert platform.on(payment_id, "refund").status == 202
    assert (show(platform, session_id)["status"], platform.show(payment_id).body["state"]) == ("complete", "unknown")


def test_a_session_is_free_again_when_its_payment_was_voided(platform: Platform) -> None:
    session_id = platform.open_session().body["id"]
    payment_id = platform.pay(session_id=session_id, capture=False).body["id"]
    assert show(platform, session_id)["status"] == "complete"
    platform.on(payment_id, "void")
    assert show(platform, session_id)["status"] == "open"
    assert platform.pay(session_id=session_id).status == 201


def test_a_session_ends_before_its_time_and_stays_so(platform: Platform) -> None:
    session_id = platform.open_session().body["id"]
    path = {"session_id": session_id}
    ended = platform.call("expireSession", path=path, key="key-1")
    assert (ended.status, ended.body["status"]) == (200, "expired")
    assert show(platform, session_id) == ended.body
    again = platform.call("expireSession", path=path, key="key-1")
    assert (again.is_replay, again.text) == (True, ended.text)
    assert platform.call("expireSession", path=path).body == ended.body


def test_a_session_that_was_just_paid_cannot_be_ended(platform: Platform) -> None:
    session_id = platform.open_session().body["id"]
    platform.pay(session_id=session_id)
    refused = platform.call("expireSession", path={"session_id": session_id})
    assert (refused.status, refused.code) == (409, "state_not_allowed")


def test_ending_a_session_is_answered_as_at_first_though_it_was_paid_after_all(platform: Platform) -> None:
    session_id = platform.open_session().body["id"]
    payment_id = platform.pay(session_id=session_id, card_token="tok_3ds").body["id"]
    ended = platform.call("expireSession", path={"session_id": session_id}, key="key-1")
    platform.notify(payment_id, "authenticate")
    assert show(platform, session_id)["status"] == "complete"
    again = platform.call("expireSession", path={"session_id": session_id}, key="key-1")
    assert (again.status, again.is_replay, again.text) == (200, True, ended.text)


def test_a_session_expires_by_itself(platform: Platform) -> None:
    session_id = platform.open_session().body["id"]
    platform.world.clock.shift_ms += TTL_S * 1000 + 1
    assert show(platform, session_id)["status"] == "expired"
    assert platform.pay(session_id=session_id).code == "session_not_open"


@pytest.mark.parametrize("session_id", [NOBODYS_SESSION, "ses_", "", "x" * 5000, "pay_" + "0" * 32])
@pytest.mark.parametrize("operation_id", ["getSession", "expireSession"])
def test_an_id_that_is_none_is_404(platform: Platform, operation_id: str, session_id: str) -> None:
    answer = platform.call(operation_id, path={"session_id": session_id})
    assert (answer.status, answer.code, answer.error["param"]) == (404, "session_not_found", "session_id")


def test_an_outage_of_the_table_is_503(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise StoreUnavailableError("ThrottlingException")

    monkeypatch.setattr(platform.parts.sessions, "get", fail)
    answer = platform.call("getSession", path={"session_id": NOBODYS_SESSION})
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "try_again", "1")
