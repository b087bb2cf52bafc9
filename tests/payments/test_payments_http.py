"""What a merchant relies on: one payment per key, its own payments only, one error envelope, no card numbers."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tercet.payments import configuration
from tercet.payments.card_numbers import contains_card_number
from tercet.payments.errors import ConfigurationError, IllegalTransitionError, PaymentNotFoundError
from tercet.payments.model import State, Step
from tercet.payments.services import services

CARD = "4111 1111 1111 1111"


def test_a_payment_is_made_published_and_shown(platform):
    made = platform.pay(metadata={"order": "17"})
    assert made.status == 201
    assert made.body["state"] == "requested"
    assert made.body["id"].startswith("pay_")
    assert made.body["merchant"] == "merchant-a"
    assert "card_token" not in made.text
    assert "tok_visa" not in made.text
    assert "Idempotent-Replayed" not in made.headers
    shown = platform.show(made.body["id"])
    assert (shown.status, shown.body) == (200, made.body)
    (event,) = platform.published()
    assert event["detail-type"] == "payment.requested"
    assert event["detail"] == {
        "event_id": event["detail"]["event_id"],
        "payment_id": made.body["id"],
        "merchant": "merchant-a",
        "amount_minor": 1999,
        "currency": "USD",
        "state": "requested",
    }
    assert "unpublished_shard" not in platform.items()[0]


def test_the_same_key_gives_the_first_answer_again_whatever_happened_since(platform):
    first = platform.pay("key-1")
    platform.step("authorize", first.body["id"])
    again = platform.pay("key-1")
    assert (again.status, again.text) == (first.status, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert [event["detail-type"] for event in platform.published()] == ["payment.requested", "payment.authorized"]


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 2000},
        {"currency": "EUR"},
        {"card_token": "tok_other"},
        {"metadata": {"a": "b"}},
        {"capture": False},
    ],
)
def test_the_same_key_with_another_request_is_refused_and_changes_nothing(platform, change):
    platform.pay("key-1")
    before = platform.items()
    refused = platform.pay("key-1", **change)
    assert (refused.status, refused.error["code"]) == (422, "idempotency_key_reused")
    assert platform.items() == before


def test_many_at_once_with_one_key_make_one_payment_and_one_event(platform):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: platform.pay("one-key"), range(16)))
    assert {(answer.status, answer.text) for answer in answers} == {(201, answers[0].text)}
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert len(platform.items()) == 1
    assert len(platform.published()) == 1


def test_keys_of_different_merchants_never_meet(platform):
    a, b = platform.pay("key-1"), platform.pay("key-1", merchant="merchant-b", amount_minor=5)
    assert (a.status, b.status) == (201, 201)
    assert a.body["id"] != b.body["id"]


def test_another_merchants_payment_looks_like_one_that_does_not_exist(platform):
    made = platform.pay()
    foreign = platform.show(made.body["id"], merchant="merchant-b")
    unknown = platform.show("pay_" + "a" * 40, merchant="merchant-b")
    assert foreign.status == 404
    assert foreign.text == unknown.text


def test_the_merchant_comes_from_the_token_alone(platform):
    assert platform.pay(merchant_id="merchant-b").error["code"] == "parameter_unknown"
    answer = platform.request("POST", "/v1/payments", merchant=None, headers={"Idempotency-Key": "k"}, body={})
    assert (answer.status, answer.error["type"]) == (401, "authentication_error")


@pytest.mark.parametrize(
    "fields",
    [
        {"metadata": {"note": f"card {CARD} please"}},
        {"metadata": {CARD: "x"}},
        {"metadata": {"note": "4111-1111-1111-1111"}},
        {"metadata": {"note": "4111111111111111"}},
        {"metadata": {"note": "\uff14111111111111111"}},
        {"card_token": "4111111111111111"},
        {"card_token": "tok_4111111111111111"},
        {"amount_minor": 4111111111111111},
        {CARD: 1},
        {"metadata": {"deep": [{"er": [CARD]}]}},
        {"currency": "378282246310005"},
    ],
)
def test_a_card_number_anywhere_is_refused_and_neither_kept_nor_logged_nor_repeated(platform, fields, capfd):
    answer = platform.pay(**fields)
    assert (answer.status, answer.error["code"]) == (400, "card_number_refused")
    written = answer.text + "".join(capfd.readouterr())
    assert "1111" not in written
    assert "0005" not in written
    assert platform.items() == []


def test_a_uuid_is_never_taken_for_a_card_number(platform):
    key = "0c93beeb-4539-4148-8031-4369ba4e8c3a"
    assert contains_card_number("4539-4148-8031-4369")
    assert platform.pay(key, metadata={"cart": key.replace("-", "").upper()}).status == 201


@pytest.mark.parametrize(
    "key",
    [
        "0c93beeb-4539-4148-8031-4369ba4e8c3ab",  # a digit too many
        "0c93beeb-45394148-8031-4369ba4e8c3a",  # grouped in another way
        "c93beeb-4539-4148-8031-4369",  # a part of one
        "41111111-1111-1111-0000-000000000000",  # of no variant of RFC 9562
    ],
)
def test_what_only_resembles_a_uuid_is_searched(platform, key):
    assert platform.pay(key).error["code"] == "card_number_refused"


def test_a_card_number_as_idempotency_key_is_refused(platform, capfd):
    answer = platform.pay("4111111111111111")
    assert (answer.status, answer.error["code"]) == (400, "card_number_refused")
    assert "1111" not in "".join(capfd.readouterr()) + answer.text


def test_logs_are_json_and_hold_neither_token_nor_key_nor_metadata(platform, capfd):
    platform.pay("secret-key", metadata={"email": "someone@acme.io"})
    lines = capfd.readouterr().out.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["payment_created", "request_answered"]
    assert not any(secret in "".join(lines) for secret in ("tok_visa", "secret-key", "someone", "merchant-a"))


@pytest.mark.parametrize("key", ["", " ", "a b", "ü", "k" * 256, "tab\t"])
def test_a_bad_idempotency_key_is_refused(platform, key):
    body = {"amount_minor": 1, "currency": "USD", "card_token": "tok_visa"}
    answer = platform.request("POST", "/v1/payments", body=body, headers={"idempotency-key": key})
    assert (answer.status, answer.error["param"]) == (400, "Idempotency-Key")


def test_a_missing_idempotency_key_is_refused(platform):
    answer = platform.request("POST", "/v1/payments", body={})
    assert (answer.status, answer.error["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize(
    "body",
    ["", "nonsense", "[]", "null", '"text"', "[" * 8_000, '{"a": 1, "a": 2}', '{"amount_minor": NaN}', "1" * 8_000],
)
def test_a_body_that_is_no_json_object_is_refused(platform, body):
    answer = platform.request("POST", "/v1/payments", body=body, headers={"Idempotency-Key": "k"})
    assert (answer.status, answer.error["code"]) == (400, "body_invalid")


def test_a_body_is_bounded_to_the_byte(platform):
    body = json.dumps({"amount_minor": 1, "currency": "USD", "card_token": "tok_visa"})
    for size, status in ((8_192, 201), (8_193, 413)):
        answer = platform.request("POST", "/v1/payments", body=body.ljust(size), headers={"Idempotency-Key": "k"})
        assert answer.status == status
    assert (answer.error["code"], "8192" in answer.error["message"]) == ("body_too_large", True)
    encoded = base64.b64encode(body.ljust(8_193).encode()).decode()
    headers = {"Idempotency-Key": "k"}
    assert platform.request("POST", "/v1/payments", body=encoded, headers=headers, is_base64=True).status == 413


def test_a_base64_body_is_read_and_a_broken_one_refused(platform):
    body = base64.b64encode(b'{"amount_minor": 1, "currency": "JPY", "card_token": "tok_visa"}').decode()
    headers = {"Idempotency-Key": "k"}
    assert platform.request("POST", "/v1/payments", body=body, headers=headers, is_base64=True).status == 201
    for broken in ("!!", base64.b64encode(b"\xff\xfe").decode()):
        assert platform.request("POST", "/v1/payments", body=broken, headers=headers, is_base64=True).status == 400


@pytest.mark.parametrize(
    ("method", "resource", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "", 404),
        ("GET", "/v1/payments", 405),
        ("DELETE", "/v1/payments/{payment_id}", 405),
        ("HEAD", "/v1/health", 405),
    ],
)
def test_an_unknown_path_or_method_gets_the_envelope(platform, method, resource, status):
    answer = platform.request(method, resource)
    assert answer.status == status
    assert answer.error["request_id"] == "req-1"
    assert ("Allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize("payment_id", ["", "pay_", "pay_../x", "x" * 5_000, "pay_" + "A" * 40])
def test_an_id_that_is_none_is_not_found(platform, payment_id):
    assert platform.show(payment_id).error["code"] == "payment_not_found"


def test_health_says_that_it_is_shallow(platform):
    answer = platform.request("GET", "/v1/health", merchant=None)
    assert (answer.status, answer.body) == (200, {"status": "ok", "environment": "test", "check": "shallow"})


@pytest.mark.parametrize("was_written", [True, False])
def test_when_the_write_is_not_answered_the_key_can_be_repeated(platform, monkeypatch, was_written):
    client = services().sessions._client
    original = client.put_item

    def lost(**kwargs):
        if was_written:
            original(**kwargs)
        raise ReadTimeoutError(endpoint_url="https://dynamodb")

    monkeypatch.setattr(client, "put_item", lost)
    answer = platform.pay("key-1")
    assert (answer.status, answer.error["code"], answer.headers["Retry-After"]) == (503, "try_again", "1")
    monkeypatch.setattr(client, "put_item", original)
    assert platform.pay("key-1").status == 201
    assert len(platform.items()) == 1
    assert ("Idempotent-Replayed" in platform.pay("key-1").headers) is True


def test_a_write_that_botocore_repeats_is_not_taken_for_anothers(platform, monkeypatch):
    client = services().sessions._client
    original = client.put_item

    def twice(**kwargs):
        original(**kwargs)  # the answer to this is lost
        return original(**kwargs)

    monkeypatch.setattr(client, "put_item", twice)
    made = platform.pay("key-1")
    assert made.status == 201
    assert "Idempotent-Replayed" not in made.headers
    assert len(platform.published()) == 1


@pytest.mark.parametrize(
    "code", ["InternalServerError", "ProvisionedThroughputExceededException", "AccessDeniedException"]
)
def test_an_outage_of_the_table_is_503_also_when_reading(platform, monkeypatch, code):
    def fail(**_kwargs):
        raise ClientError({"Error": {"Code": code, "Message": "m"}}, "GetItem")

    monkeypatch.setattr(services().sessions._client, "get_item", fail)
    assert platform.show("pay_" + "a" * 40).status == 503


def test_a_defect_is_not_answered_as_if_it_were_an_outage(platform, monkeypatch):
    def fail(**_kwargs):
        raise ClientError({"Error": {"Code": "ValidationException", "Message": "m"}}, "PutItem")

    monkeypatch.setattr(services().sessions._client, "put_item", fail)
    with pytest.raises(ClientError):
        platform.pay()


def settled(platform, key: str) -> str:
    payment_id = platform.pay(key).body["id"]
    for step in ("authorize", "capture", "settle"):
        platform.step(step, payment_id)
    return payment_id


def test_a_key_is_kept_for_a_day_and_then_makes_a_new_payment_that_the_old_one_is_not_mistaken_for(platform):
    old = settled(platform, "key-1")
    assert platform.pay("key-1").body["id"] == old
    assert platform.expires_in_s(old) > 86_400
    platform.expire(old)
    assert platform.show(old).status == 404
    anew = platform.pay("key-1", amount_minor=5)
    assert (anew.status, anew.body["amount_minor"]) == (201, 5)
    assert "Idempotent-Replayed" not in anew.headers
    assert anew.body["id"] != old
    before = platform.items()
    assert len(before) == 1
    # What still speaks of the old payment does not reach the new one.
    assert platform.show(old).status == 404
    for step in Step:
        with pytest.raises(PaymentNotFoundError):
            platform.step(step, old)
    assert services().sessions.record(old, event_id="evt_1", kind="payment.settled") is False
    assert platform.items() == before


def test_who_read_the_old_payment_cannot_move_the_new_one(platform, bus_down):
    sessions = services().sessions
    old = platform.pay("key-1").body["id"]
    read = sessions.get(old)
    platform.step("fail", old)
    sessions.mark_published(sessions.get(old), 2)
    platform.expire(old)
    platform.pay("key-1")
    before = platform.items()
    assert len(before[0]["unpublished_events"]["L"]) == len(read.unpublished) == 1
    with pytest.raises(IllegalTransitionError):
        sessions.advance(read, State.VOIDED)
    sessions.note_failure(read, "card_declined")
    assert sessions.mark_published(read, 1) is False
    assert platform.items() == before


@pytest.mark.parametrize("ttl", ["", "x", "-1", "86399", "²"])
def test_a_wrong_environment_is_told_by_name(ttl):
    variables = {
        "TERCET_ENVIRONMENT": "e",
        "TERCET_PARAMETERS": "/p",
        "TERCET_SESSIONS_TABLE": "t",
        "TERCET_EVENT_BUS": "b",
        "TERCET_SESSION_TTL_S": ttl,
    }
    with pytest.raises(ConfigurationError, match="TERCET_SESSION_TTL_S"):
        configuration.Configuration.from_environment(variables)
