"""A merchant pays through the front, with the real handler on the embedded services behind it."""

from __future__ import annotations

import boto3
import pytest

from tercet.payments import http
from tercet.payments.services import services


class Context:
    aws_request_id = "1"


@pytest.fixture
def shop(site, monkeypatch):
    for name, value in {
        "AWS_ENDPOINT_URL": site.cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "TERCET_ENVIRONMENT": "test",
        "TERCET_PARAMETERS": "/tercet/test",
        "TERCET_SESSIONS_TABLE": "sessions",
        "TERCET_SESSION_TTL_S": "86400",
        "TERCET_EVENT_BUS": "payments",
    }.items():
        monkeypatch.setenv(name, value)
    dynamodb, events = boto3.client("dynamodb"), boto3.client("events")
    dynamodb.create_table(
        TableName="sessions",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    events.create_event_bus(Name="payments")
    services.cache_clear()
    site.answer = lambda event: http.handler(event, Context())
    yield site
    services.cache_clear()
    dynamodb.delete_table(TableName="sessions")
    events.delete_event_bus(Name="payments")


def test_a_payment_from_token_to_answer(shop):
    token = shop.token()
    made = shop.pay(token, metadata={"order": "17"})
    assert made.status == 201
    assert made.body["merchant"] == shop.client().client_id
    again = shop.pay(token, metadata={"order": "17"})
    assert (again.status, again.raw) == (201, made.raw)
    assert again.headers["Idempotent-Replayed"] == "true"
    shown = shop.request("GET", f"/live/v1/payments/{made.body['id']}", token=token)
    assert (shown.status, shown.body["state"]) == (200, "requested")
    assert shop.request("GET", "/live/v1/health").body["status"] == "ok"


def test_errors_of_front_and_function_have_one_shape(shop):
    token = shop.token()
    shop.pay(token)
    shapes = {
        answer.status: set(answer.error)
        for answer in (
            shop.pay(None),
            shop.pay(token, key=None),
            shop.pay(token, amount_minor=5),
            shop.request("GET", "/live/v1/payments/pay_unknown", token=token),
        )
    }
    assert set(shapes) == {400, 401, 404, 422}
    assert len({frozenset(shape) for shape in shapes.values()}) == 1


def test_another_merchant_does_not_see_it_and_a_reader_cannot_pay(shop):
    from tercet.local.front import clients

    made = shop.pay(shop.token())
    other = clients.token(shop.front.url, shop.client(name="other"))
    assert shop.request("GET", f"/live/v1/payments/{made.body['id']}", token=other).status == 404
    assert shop.pay(shop.token("payments/read"), key="key-2").status == 401


def test_a_card_number_is_refused_and_in_no_log(shop, capfd):
    answer = shop.pay(shop.token(), metadata={"note": "4111 1111 1111 1111"})
    assert (answer.status, answer.error["code"]) == (400, "card_number_refused")
    assert "1111" not in shop.log.getvalue() + "".join(capfd.readouterr())
