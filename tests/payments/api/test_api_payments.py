"""Payments through the API: what each operation answers, and what a repetition gets."""

from __future__ import annotations

import json

import pytest

from tercet.payments.acquirer.tokens import SILENCE_S
from tercet.payments.api import presentation
from tercet.payments.errors import AcquirerUnavailable
from tercet.payments.idempotency import SKEW_MS
from tercet.payments.model import FAILURES, Event
from tests.payments.api.merchant import NOBODYS_PAYMENT, NOBODYS_SESSION, Platform
from tests.payments.world import KEY_TTL_MS

METADATA = {"order": "17", "café": 'naïve 日本語 🧾 \u0000\n"', "empty": ""}


def test_a_payment_is_made_and_shown(platform: Platform) -> None:
    made = platform.pay(metadata=METADATA)
    assert made.status == 201
    assert made.body == {
        "id": made.body["id"],
        "object": "payment",
        "state": "captured",
        "amount_minor": 1999,
        "captured_minor": 1999,
        "refunded_minor": 0,
        "settled_minor": 0,
        "currency": "EUR",
        "exponent": 2,
        "capture": True,
        "metadata": METADATA,
        "session_id": None,
        "failure": None,
        "next_action": None,
        "created_at": made.body["created_at"],
    }
    assert not made.is_replay
    shown = platform.show(made.body["id"])
    assert (shown.status, shown.body) == (200, made.body)


@pytest.mark.parametrize(("currency", "exponent"), [("JPY", 0), ("USD", 2), ("KWD", 3)])
def test_a_currency_has_its_exponent(platform: Platform, currency: str, exponent: int) -> None:
    made = platform.pay(currency=currency).body
    assert (made["amount_minor"], made["exponent"]) == (1999, exponent)


def test_an_authorization_is_captured_in_parts_and_given_back_in_parts(platform: Platform) -> None:
    payment_id = platform.pay(capture=False).body["id"]
    steps = [
        ("capture", {"amount_minor": 1000}, "partially_captured", 1000, 0),
        ("capture", {"amount_minor": 500, "final": True}, "captured", 1500, 0),
        ("refund", {"amount_minor": 1}, "partially_refunded", 1500, 1),
        ("refund", {}, "refunded", 1500, 1500),
    ]
    for what, fields, state, captured, refunded in steps:
        answer = platform.on(payment_id, what, **fields)
        assert answer.status == 200
        shown = answer.body
        assert (shown["state"], shown["captured_minor"], shown["refunded_minor"]) == (state, captured, refunded)
        assert platform.show(payment_id).body == shown


@pytest.mark.parametrize("body", [None, "", "{}", " {} "])
def test_an_empty_body_asks_for_all_that_is_left(platform: Platform, body: str | None) -> None:
    payment_id = platform.pay(capture=False).body["id"]
    path = {"payment_id": payment_id}
    assert platform.call("capturePayment", path=path, body=body).body["captured_minor"] == 1999
    assert platform.call("refundPayment", path=path, body=body).body["state"] == "refunded"
    voided = platform.call("voidPayment", path={"payment_id": platform.pay(capture=False).body["id"]}, body=body)
    assert (voided.status, voided.body["state"]) == (200, "voided")


def test_what_the_payment_does_not_allow_is_409_and_changes_nothing(platform: Platform) -> None:
    payment_id = platform.pay(capture=False).body["id"]
    refusals = {
        "state_not_allowed": platform.on(payment_id, "refund"),
        "amount_too_large": platform.on(payment_id, "capture", amount_minor=2000),
    }
    assert platform.show(payment_id).body["state"] == "authorized"
    platform.on(payment_id, "void")
    refusals["state_not_allowed"] = platform.on(payment_id, "capture")
    for code, answer in refusals.items():
        assert (answer.status, answer.code, answer.error["type"]) == (409, code, "invalid_request_error")
    assert refusals["amount_too_large"].error["param"] == "amount_minor"


def test_a_declined_card_is_402_and_names_the_payment(platform: Platform) -> None:
    declined = platform.pay("key-d", card_token="tok_insufficient_funds")
    assert declined.status == 402
    error = declined.error
    assert error == {
        "type": "card_error",
        "code": "card_declined",
        "message": FAILURES["insufficient_funds"],
        "param": None,
        "request_id": error["request_id"],
        "decline_code": "insufficient_funds",
        "payment_id": error["payment_id"],
    }
    shown = platform.show(error["payment_id"]).body
    assert (shown["state"], shown["failure"]["code"]) == ("failed", "insufficient_funds")
    again = platform.pay("key-d", card_token="tok_insufficient_funds")
    assert (again.status, again.is_replay, again.error["payment_id"]) == (402, True, error["payment_id"])


@pytest.mark.parametrize(
    ("what", "token", "is_captured"),
    [("capture", "tok_capture_declined", False), ("refund", "tok_refund_declined", True)],
)
def test_a_declined_operation_is_402_and_leaves_the_payment(
    platform: Platform, what: str, token: str, is_captured: bool
) -> None:
    made = platform.pay(card_token=token, capture=is_captured).body
    declined = platform.on(made["id"], what, "key-d")
    assert (declined.status, declined.code, declined.error["payment_id"]) == (402, "operation_declined", made["id"])
    assert platform.show(made["id"]).body == made
    again = platform.on(made["id"], what, "key-d")
    assert (again.status, again.is_replay) == (402, True)


def test_a_card_that_wants_3d_secure_tells_where_to_go(platform: Platform) -> None:
    made = platform.pay(card_token="tok_3ds")
    assert (made.status, made.body["state"], made.body["next_action"]["type"]) == (201, "requires_action", "redirect")
    assert made.body["next_action"]["url"].startswith("http")
    assert platform.notify(made.body["id"], "authenticate").body == {"received": True}
    shown = platform.show(made.body["id"]).body
    assert (shown["state"], shown["next_action"]) == ("authorized", None)


def test_an_unknown_outcome_is_202_and_its_repetition_the_final_answer(platform: Platform) -> None:
    first = platform.pay("key-u", card_token="tok_unreachable_once")
    assert (first.status, first.body["state"], first.is_replay) == (202, "unknown", False)
    early = platform.pay("key-u", card_token="tok_unreachable_once")
    assert (early.status, early.body["state"]) == (202, "unknown")
    busy = platform.on(first.body["id"], "refund")
    assert (busy.status, busy.code, busy.headers["Retry-After"]) == (409, "payment_busy", "1")
    platform.world.clock.shift_ms += (SILENCE_S + 1) * 1000
    final = platform.pay("key-u", card_token="tok_unreachable_once")
    assert (final.status, final.is_replay, final.body["id"]) == (201, True, first.body["id"])
    assert final.body["state"] == "captured"


def test_an_unknown_refund_is_202_and_then_declined_as_it_never_arrived(platform: Platform) -> None:
    payment_id = platform.pay(card_token="tok_refund_unreachable").body["id"]
    first = platform.on(payment_id, "refund", "key-u")
    assert (first.status, first.body["state"]) == (202, "unknown")
    platform.world.clock.shift_ms += (SILENCE_S + 1) * 1000
    assert platform.world.resolve_all() == 1
    final = platform.on(payment_id, "refund", "key-u")
    assert (final.status, final.error["decline_code"]) == (402, "not_processed")
    assert platform.show(payment_id).body["state"] == "captured"


def test_a_repeated_key_gets_the_first_answer_whatever_happened_since(platform: Platform) -> None:
    first = platform.pay("key-1", capture=False)
    captured = platform.on(first.body["id"], "capture", "key-2", amount_minor=5)
    platform.on(first.body["id"], "capture", amount_minor=7)
    for repeat, expected in (
        (platform.pay("key-1", capture=False), first),
        (platform.on(first.body["id"], "capture", "key-2", amount_minor=5), captured),
    ):
        assert repeat.is_replay
        assert (repeat.status, repeat.text) == (expected.status, expected.text)
    assert platform.show(first.body["id"]).body["captured_minor"] == 12


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 2000},
        {"currency": "USD"},
        {"card_token": "tok_mastercard"},
        {"metadata": {"a": "b"}},
        {"capture": False},
    ],
)
def test_a_key_of_another_request_is_refused(platform: Platform, change: dict[str, object]) -> None:
    platform.pay("key-1")
    refused = platform.pay("key-1", **change)
    assert (refused.status, refused.code, refused.error["type"]) == (422, "idempotency_key_reused", "idempotency_error")
    assert len(platform.walk("listPayments", "id", limit=100)) == 1


def test_an_expired_key_makes_a_new_payment(platform: Platform) -> None:
    first = platform.pay("key-1")
    platform.world.clock.shift_ms += KEY_TTL_MS + SKEW_MS + 1000
    anew = platform.pay("key-1")
    assert (anew.status, anew.is_replay, anew.body["id"] != first.body["id"]) == (201, False, True)


def test_a_session_is_completed_once(platform: Platform) -> None:
    session_id = platform.open_session().body["id"]
    paid = platform.pay("key-1", session_id=session_id)
    assert (paid.status, paid.body["session_id"]) == (201, session_id)
    refused = platform.pay(session_id=session_id)
    assert (refused.status, refused.code) == (409, "session_in_use")
    again = platform.pay("key-1", session_id=session_id)
    assert (again.is_replay, again.text) == (True, paid.text)


def test_a_payment_and_its_session_agree(platform: Platform) -> None:
    session_id = platform.open_session().body["id"]
    for change in ({"amount_minor": 2000}, {"currency": "USD"}):
        refused = platform.pay(session_id=session_id, **change)
        assert (refused.status, refused.code, refused.error["param"]) == (422, "session_mismatch", "session_id")
    assert platform.pay(session_id=NOBODYS_SESSION).code == "session_not_found"


def test_a_session_that_has_ended_takes_no_payment_but_repeats_the_first_answer(platform: Platform) -> None:
    session_id = platform.open_session().body["id"]
    declined = platform.pay("key-1", session_id=session_id, card_token="tok_declined")
    assert platform.call("expireSession", path={"session_id": session_id}).status == 200
    refused = platform.pay(session_id=session_id)
    assert (refused.status, refused.code) == (409, "session_not_open")
    again = platform.pay("key-1", session_id=session_id, card_token="tok_declined")
    assert (again.status, again.is_replay, again.error["payment_id"]) == (402, True, declined.error["payment_id"])


@pytest.mark.parametrize("what", ["capture", "void", "refund"])
@pytest.mark.parametrize("payment_id", [NOBODYS_PAYMENT, "pay_", "", "x" * 5000, "pay_" + "A" * 32, "ses_" + "0" * 32])
def test_an_id_that_is_none_is_404(platform: Platform, what: str, payment_id: str) -> None:
    for answer in (platform.on(payment_id, what), platform.show(payment_id)):
        assert (answer.status, answer.code, answer.error["param"]) == (404, "payment_not_found", "payment_id")


def test_payments_are_listed_newest_first_each_exactly_once(platform: Platform) -> None:
    made = [platform.pay(amount_minor=amount).body for amount in range(1, 8)]
    platform.pay(merchant="other")
    for limit in (1, 2, 3, 7, 100):
        assert platform.walk("listPayments", "id", limit=limit) == made[::-1]
    assert platform.call("listPayments").body == {"object": "list", "data": made[::-1], "has_more": False}
    assert platform.call("listPayments", merchant="nobody").body == {"object": "list", "data": [], "has_more": False}


def test_a_page_has_ten_objects_by_default(platform: Platform) -> None:
    for _ in range(11):
        platform.pay()
    page = platform.call("listPayments").body
    assert (len(page["data"]), page["has_more"]) == (10, True)


def test_events_tell_a_payments_life_in_order(platform: Platform) -> None:
    payment_id = platform.pay(capture=False).body["id"]
    captured = platform.on(payment_id, "capture", amount_minor=5)
    events = platform.walk("listPaymentEvents", "sequence", limit=2, payment_id=payment_id)
    assert [event["type"].removeprefix("payment.") for event in events] == [
        "created",
        "authorized",
        "captured",
        "settlement_due",
    ]
    assert [event["sequence"] for event in events] == [1, 2, 3, 4]
    assert {event["payment_id"] for event in events} == {payment_id}
    assert events[2]["request_id"] == captured.headers["Request-Id"]
    assert (events[2]["data"]["captured_minor"], events[2]["data"]["operation_amount_minor"]) == (5, 5)
    assert "acme" not in json.dumps(events)


@pytest.mark.parametrize(
    ("written", "told"),
    [(None, None), ("insufficient_funds", "insufficient_funds"), ("51-acquirers-own", "card_declined")],
)
def test_an_event_tells_no_code_that_is_not_the_merchants_to_know(written: str | None, told: str | None) -> None:
    event = Event(
        id="evt_1",
        payment_id="pay_1",
        sequence=1,
        kind="payment.failed",
        detail={"currency": "EUR", "failure_code": written},
        operation_id="op_1",
        created_at_ms=0,
    )
    assert presentation.event(event)["data"]["failure_code"] == told


@pytest.mark.parametrize("operation_id", ["listPayments", "listPaymentEvents", "listEntries"])
@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "-1"},
        {"limit": "1.0"},
        {"limit": "٣"},
        {"limit": ""},
        {"limit": ["1", "2"]},
        {"starting_after": "nonsense"},
        {"starting_after": ""},
        {"starting_after": "9" * 30},
        {"offset": "1"},
    ],
)
def test_a_wrong_query_is_refused(platform: Platform, operation_id: str, query: dict[str, str | list[str]]) -> None:
    path = {"payment_id": NOBODYS_PAYMENT, "account": "payable"}
    answer = platform.call(operation_id, path=path, query=query)
    assert answer.status == 400
    assert answer.code in {"invalid_parameter", "unknown_parameter", "card_number_refused"}


def test_a_notification_is_looked_into_however_often_it_comes(platform: Platform) -> None:
    payment_id = platform.pay(card_token="tok_disputed").body["id"]
    for kind, state in (("dispute", "disputed"), ("dispute", "disputed"), ("dispute_won", "won"), ("dispute", "won")):
        answer = platform.notify(payment_id, kind)
        assert (answer.status, answer.body) == (202, {"received": True})
        assert platform.show(payment_id).body["state"] == state
    events = platform.walk("listPaymentEvents", "sequence", limit=100, payment_id=payment_id)
    assert [event["type"] for event in events].count("payment.disputed") == 1


def test_a_notification_that_is_not_so_changes_nothing(platform: Platform) -> None:
    made = platform.pay().body
    assert platform.notify(made["id"], "dispute_lost").status == 202
    assert platform.show(made["id"]).body == made
    missing = platform.notify(NOBODYS_PAYMENT, "dispute")
    assert (missing.status, missing.code) == (404, "payment_not_found")


def test_a_notification_that_cannot_be_looked_into_is_sent_again(platform: Platform) -> None:
    unknown = platform.pay(card_token="tok_unreachable_once").body["id"]
    answer = platform.notify(unknown, "dispute")
    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "try_again", "1")
    platform.world.clock.shift_ms += (SILENCE_S + 1) * 1000
    assert platform.notify(unknown, "dispute").status == 202


def test_an_acquirer_that_does_not_answer_a_callback_is_503(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_args: object) -> None:
        raise AcquirerUnavailable("The acquirer is silent.")

    payment_id = platform.pay().body["id"]
    monkeypatch.setattr(platform.world.processor, "notify", silent)
    assert platform.notify(payment_id, "dispute").status == 503
