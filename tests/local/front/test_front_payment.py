"""A merchant pays through the front: the platform's own document, and the real handler on the embedded services."""

from __future__ import annotations

import json

import pytest

from tests.local.front.front_site import SCOPES


def test_a_payment_from_token_to_answer(shop):
    token = shop.token()
    made = shop.pay(token, metadata={"order": "17"})
    assert (made.status, made.body["state"], made.body["captured_minor"]) == (201, "captured", 1999)
    again = shop.pay(token, metadata={"order": "17"})
    assert (again.status, again.raw) == (201, made.raw)
    assert again.headers["Idempotent-Replayed"] == "true"
    path = f"/v1/payments/{made.body['id']}"
    shown = shop.request("GET", f"/live{path}", token=token)
    assert (shown.status, shown.body) == (200, made.body)
    refunded = shop.post(f"{path}/refund", token, key="key-2", amount_minor=500)
    assert (refunded.status, refunded.body["state"]) == (200, "partially_refunded")
    events = shop.request("GET", f"/live{path}/events?limit=100", token=token).body["data"]
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["request_id"] == made.headers["Request-Id"]
    assert events[-1]["request_id"] == refunded.headers["Request-Id"]
    (balance,) = shop.request("GET", "/live/v1/accounts/payable/balances", token=token).body["data"]
    assert (balance["amount_minor"], balance["currency"]) == (1499, "USD")
    assert shop.request("GET", "/live/v1/health").body["status"] == "ok"


def test_a_session_is_completed_by_one_payment(shop):
    token = shop.token()
    session = shop.post("/v1/sessions", token, key="key-1", amount_minor=1999, currency="USD")
    assert (session.status, session.body["status"]) == (201, "open")
    made = shop.pay(token, session_id=session.body["id"])
    assert made.status == 201
    shown = shop.request("GET", f"/live/v1/sessions/{session.body['id']}", token=token)
    assert (shown.body["status"], shown.body["payment_id"]) == ("complete", made.body["id"])
    assert shop.pay(token, key="key-2", session_id=session.body["id"]).status == 409
    assert shop.pay(token, session_id=session.body["id"]).raw == made.raw


def test_a_bodyless_void_is_let_through(shop):
    token = shop.token()
    made = shop.pay(token, capture=False)
    path = f"/live/v1/payments/{made.body['id']}/void"
    voided = shop.request("POST", path, token=token, headers={"Idempotency-Key": "key-2"})
    assert (voided.status, voided.body["state"]) == (200, "voided")


def test_errors_of_front_and_function_have_one_shape_and_the_same_headers(shop):
    token = shop.token()
    shop.pay(token)
    answers = [
        shop.pay(None),
        shop.pay(token, key=None),
        shop.pay(token, key="4111111111111111"),
        shop.pay(token, amount_minor="5"),
        shop.pay(token, amount_minor=5),
        shop.request("GET", "/live/v1/nothing", token=token),
        shop.request("GET", f"/live/v1/payments/pay_{'0' * 32}", token=token),
    ]
    assert [answer.status for answer in answers] == [401, 400, 400, 400, 422, 404, 404]
    for answer in answers:
        assert answer.headers["Request-Id"] == answer.error["request_id"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Type"] == "application/json"


def test_a_decline_tells_why_and_names_the_payment(shop):
    token = shop.token()
    declined = shop.pay(token, card_token="tok_insufficient_funds")
    error = declined.body["error"]
    assert (declined.status, error["type"], error["decline_code"]) == (402, "card_error", "insufficient_funds")
    shown = shop.request("GET", f"/live/v1/payments/{error['payment_id']}", token=token)
    assert shown.body["state"] == "failed"


def test_another_merchant_does_not_see_it(shop):
    made = shop.pay(shop.token())
    other = shop.token(name="other")
    path = f"/v1/payments/{made.body['id']}"
    assert shop.request("GET", f"/live{path}", token=other).status == 404
    assert shop.post(f"{path}/refund", other, key="key-2").status == 404
    assert shop.request("GET", "/live/v1/payments", token=other).body["data"] == []


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_does_what_its_scope_allows_and_nothing_else(shop, scope):
    payment_id = shop.pay(shop.token()).body["id"]
    token = shop.token(f"payments/{scope}")
    answers = {
        "read": shop.request("GET", "/live/v1/payments", token=token),
        "write": shop.pay(token, key="key-2"),
        "refund": shop.post(f"/v1/payments/{payment_id}/refund", token, key="key-3"),
        "notify": shop.post("/v1/acquirer/callbacks", token, payment_id=payment_id, kind="dispute"),
    }
    allowed = {name for name, answer in answers.items() if answer.status < 300}
    assert allowed == {scope}
    assert {answer.status for name, answer in answers.items() if name != scope} == {401}


def test_a_card_number_is_refused_and_in_no_log(shop, capfd):
    answer = shop.pay(shop.token(), metadata={"note": "4111 1111 1111 1111"})
    assert (answer.status, answer.error["code"]) == (400, "card_number_refused")
    shop.request("GET", "/live/v1/payments/4111111111111111?starting_after=4111111111111111", token=shop.token())
    assert "1111" not in shop.log.getvalue() + "".join(capfd.readouterr())


def test_the_function_writes_one_line_for_each_request(shop, capfd):
    shop.pay(shop.token())
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines() if '"request_answered"' in line]
    (line,) = lines
    assert (line["resource"], line["method"], line["status"]) == ("/v1/payments", "POST", 201)
