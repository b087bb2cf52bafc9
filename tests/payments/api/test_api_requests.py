"""Whatever is sent gets an answer that the document knows: one envelope, no card number kept, nothing repeated."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tercet.payments import errors
from tercet.payments.api.refusals import ANSWERED
from tercet.payments.api.routes import ROUTES, Route
from tercet.payments.card_numbers import contains_card_number
from tercet.payments.currencies import EXPONENTS
from tercet.payments.database import Statement
from tests.payments.api.document import DOCUMENT, validator
from tests.payments.api.merchant import NOBODYS_PAYMENT, NOBODYS_SESSION, Platform
from tests.payments.fixtures_database import TABLES

CARD = "4111 1111 1111 1111"
BODIED = [route for route in ROUTES if route.method == "POST"]
PATH = {"payment_id": NOBODYS_PAYMENT, "session_id": NOBODYS_SESSION, "account": "payable"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
FIELDS = {
    "amount_minor": st.integers(1, 99_999_999),
    "currency": st.sampled_from(sorted(EXPONENTS)),
    "card_token": st.sampled_from(["tok_visa", "tok_declined", "tok_3ds"]),
    "capture": st.booleans(),
    "final": st.booleans(),
    "metadata": st.dictionaries(st.text(max_size=41), st.text(max_size=20), max_size=3),
    "session_id": st.just(NOBODYS_SESSION),
    "payment_id": st.just(NOBODYS_PAYMENT),
    "kind": st.sampled_from(["authenticate", "dispute", "dispute_won", "dispute_lost"]),
}
HOSTILE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough: hardly anything here reaches it."""
    return sqlite_url


def schema_of(route: Route) -> str:
    content = DOCUMENT["paths"][route.path]["post"]["requestBody"]["content"]["application/json"]
    return str(content["schema"]["$ref"].rpartition("/")[2])


@st.composite
def mutated(draw: st.DrawFn, route: Route) -> dict[str, Any]:
    """Give a body that is nearly right: of the operation's fields, some missing, some anything at all."""
    properties = DOCUMENT["components"]["schemas"][schema_of(route)].get("properties", {})
    names = draw(st.sets(st.sampled_from([*properties, "merchant"])))
    return {name: draw(FIELDS[name] | JSON if name in FIELDS else JSON) for name in names}


def is_empty(platform: Platform) -> bool:
    return not any(platform.world.database.read(Statement(f"SELECT * FROM {table}")) for table in TABLES)


@HOSTILE
@given(route=st.sampled_from(BODIED), body=JSON)
def test_any_json_gets_a_documented_answer(platform: Platform, route: Route, body: Any) -> None:
    assert platform.call(route.operation_id, path=PATH, body=body if body is not None else "null").status < 500


@HOSTILE
@given(data=st.data(), route=st.sampled_from(BODIED))
def test_any_value_in_any_field_gets_a_documented_answer(platform: Platform, route: Route, data: st.DataObject) -> None:
    body = data.draw(mutated(route))
    answer = platform.call(route.operation_id, path=PATH, body=body)
    assert answer.status < 500
    schema = {"$ref": f"#/components/schemas/{schema_of(route)}"}
    if answer.status != 400:
        assert validator(schema).is_valid(body), "what the document refuses was taken"
    elif validator(schema).is_valid(body):
        # 1.0 is an integer to the document's language, but not to API Gateway's, nor to us.
        is_float = isinstance(body.get("amount_minor"), float)
        assert is_float or answer.code == "card_number_refused", "what the document allows was refused"


@HOSTILE
@given(route=st.sampled_from(BODIED), raw=st.binary(), is_base64=st.booleans())
def test_any_bytes_get_a_documented_answer(platform: Platform, route: Route, raw: bytes, is_base64: bool) -> None:
    text = base64.b64encode(raw).decode() if is_base64 else raw.decode("utf-8", "surrogateescape")
    assert platform.call(route.operation_id, path=PATH, body=text, is_base64=is_base64).status < 500


@HOSTILE
@given(
    route=st.sampled_from(ROUTES),
    value=st.text(max_size=50),
    query=st.dictionaries(
        st.sampled_from(["limit", "starting_after"]) | st.text(), st.lists(st.text(), min_size=1, max_size=2)
    ),
    key=st.text(min_size=1),
)
def test_any_parameter_gets_a_documented_answer(
    platform: Platform, route: Route, value: str, query: dict[str, Any], key: str
) -> None:
    path = dict.fromkeys(PATH, value)
    assert platform.call(route.operation_id, path=path, query=query, key=key, body={}).status < 500


CARD_BODIES: list[dict[str, object]] = [
    {"metadata": {"note": f"card {CARD} please"}},
    {"metadata": {CARD: "x"}},
    {"metadata": {"note": "4111-1111-1111-1111"}},
    {"metadata": {"note": "4111111111111111"}},
    {"metadata": {"note": "\uff14111111111111111"}},
    {"card_token": "4111111111111111"},
    {"card_token": "tok_4111111111111111"},
    {"amount_minor": 4111111111111111},
    {"amount_minor": 4111111111111111.0},
    {CARD: 1},
    {"metadata": {"deep": [{"er": [CARD]}]}},
    {"currency": "378282246310005"},
    {"session_id": "4111111111111111"},
]


def refuses(answer: Any, capfd: pytest.CaptureFixture[str]) -> bool:
    written = answer.text + "".join(capfd.readouterr()) + json.dumps(dict(answer.headers))
    assert "1111" not in written
    assert "0005" not in written
    return (answer.status, answer.code) == (400, "card_number_refused")


@pytest.mark.parametrize("route", BODIED, ids=lambda route: route.operation_id)
@pytest.mark.parametrize("fields", CARD_BODIES)
def test_a_card_number_in_any_body_is_refused_and_not_kept(
    platform: Platform, route: Route, fields: dict[str, object], capfd: pytest.CaptureFixture[str]
) -> None:
    assert refuses(platform.call(route.operation_id, path=PATH, body=fields), capfd)
    assert is_empty(platform)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_a_card_number_in_header_path_or_query_is_refused(
    platform: Platform, route: Route, capfd: pytest.CaptureFixture[str]
) -> None:
    number = "4111111111111111"
    for query in ({"limit": number}, {number: "1"}, {"starting_after": f"x {CARD}"}):
        assert refuses(platform.call(route.operation_id, path=PATH, query=query), capfd)
    if "{" in route.path:
        assert refuses(platform.call(route.operation_id, path=dict.fromkeys(PATH, f"pay_{number}")), capfd)
    if route.method == "POST" and route.operation_id != "receiveCallback":
        assert refuses(platform.call(route.operation_id, path=PATH, key=number), capfd)
    assert is_empty(platform)


def test_neither_uuids_nor_our_own_ids_are_taken_for_card_numbers(platform: Platform) -> None:
    uuid = "0c93beeb-4539-4148-8031-4369ba4e8c3a"
    assert contains_card_number("4539-4148-8031-4369")
    ours = "pay_019a4111111111111111abcdef012345"
    assert contains_card_number(ours)
    made = platform.pay(uuid, metadata={"cart": uuid.replace("-", "").upper(), "before": ours})
    assert made.status == 201
    assert platform.show(ours).code == "payment_not_found"
    assert platform.pay(metadata={"before": ours + "0"}).code == "card_number_refused"


@pytest.mark.parametrize(
    "route",
    [route for route in BODIED if route.operation_id != "receiveCallback"],
    ids=lambda route: route.operation_id,
)
def test_every_write_wants_an_idempotency_key(platform: Platform, route: Route) -> None:
    missing = platform.call(route.operation_id, path=PATH, key=None, body={})
    assert (missing.status, missing.code, missing.error["param"]) == (400, "idempotency_key_missing", "Idempotency-Key")
    for keys in (["a b"], ["ü"], ["k" * 256], ["tab\t"], ["a", "b"], [""]):
        bad = platform.call(route.operation_id, path=PATH, key=None, body={}, headers={"idempotency-KEY": keys})
        assert (bad.status, bad.code) == (400, "idempotency_key_invalid")


@pytest.mark.parametrize(
    "body",
    [
        "nonsense",
        "[]",
        "null",
        '"text"',
        "[" * 8_000,
        '{"a": 1, "a": 2}',
        '{"amount_minor": NaN}',
        "1" * 8_000,
        "\ufeff{}",
    ],
)
@pytest.mark.parametrize("route", BODIED, ids=lambda route: route.operation_id)
def test_a_body_that_is_no_json_object_is_refused(platform: Platform, route: Route, body: str) -> None:
    answer = platform.call(route.operation_id, path=PATH, body=body)
    assert (answer.status, answer.code) == (400, "invalid_body")


@pytest.mark.parametrize("amount", [0, -1, 100_000_000, True, 1.0, "1", None, 10**400])
@pytest.mark.parametrize("operation_id", ["createPayment", "capturePayment", "refundPayment", "createSession"])
def test_only_a_plain_integer_in_range_is_an_amount(platform: Platform, operation_id: str, amount: object) -> None:
    answer = platform.call(
        operation_id,
        path=PATH,
        body={"amount_minor": amount} | ({} if "Payment" in operation_id else {"currency": "EUR"}),
    )
    assert (answer.status, answer.code, answer.error["param"]) == (400, "invalid_parameter", "amount_minor")


@pytest.mark.parametrize(
    "metadata",
    [
        {"k" * 41: "v"},
        {"": "v"},
        {"k": "v" * 501},
        {f"k{n}": "v" for n in range(21)},
        {"k": 1},
        [],
        "x",
        None,
        {"k": "\ud800"},
    ],
)
def test_metadata_is_bounded(platform: Platform, metadata: object) -> None:
    for answer in (platform.pay(metadata=metadata), platform.open_session(metadata=metadata)):
        assert (answer.status, answer.error["param"]) == (400, "metadata")


def test_metadata_may_be_as_large_as_it_may_be(platform: Platform) -> None:
    metadata = {"ß" * 39 + chr(97 + number): "v" for number in range(20)} | {"ß" * 39 + "a": "日" * 500}
    answer = platform.pay(metadata=metadata)
    assert (answer.status, answer.body["metadata"]) == (201, metadata)


def test_a_body_is_bounded_to_the_byte(platform: Platform) -> None:
    body = json.dumps({"amount_minor": 1, "currency": "USD", "card_token": "tok_visa"})
    for size, status in ((8_192, 201), (8_193, 413)):
        for text, is_base64 in (
            (body.ljust(size), False),
            (base64.b64encode(body.ljust(size).encode()).decode(), True),
        ):
            answer = platform.call("createPayment", body=text, is_base64=is_base64)
            assert answer.status == status
    assert answer.code == "body_too_large"
    for broken in ("!!", base64.b64encode(b"\xff\xfe").decode()):
        assert platform.call("createPayment", body=broken, is_base64=True).code == "invalid_body"


@pytest.mark.parametrize(
    ("method", "resource"),
    [
        ("GET", "/v1/nothing"),
        ("GET", ""),
        ("DELETE", "/v1/payments/{payment_id}"),
        ("HEAD", "/v1/health"),
        ("PUT", "/v1/payments"),
    ],
)
def test_an_unknown_path_or_method_gets_the_envelope(platform: Platform, method: str, resource: str) -> None:
    assert platform.send(method, resource).code == "no_such_operation"


@pytest.mark.parametrize("error", ANSWERED, ids=lambda error: error.__name__)
def test_every_error_that_is_answered_has_an_envelope(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, error: type[errors.PaymentsError]
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise error(400, "code", "message") if error is errors.RequestError else error("message")  # type: ignore[call-arg]

    monkeypatch.setattr(platform.world.processor, "capture", fail)
    answer = platform.on(NOBODYS_PAYMENT, "capture")
    expected = {
        "RequestError": (400, "code"),
        "PaymentNotFoundError": (404, "payment_not_found"),
        "SessionNotFoundError": (404, "session_not_found"),
        "IllegalTransitionError": (409, "state_not_allowed"),
        "PaymentBusyError": (409, "payment_busy"),
        "KeyInUseError": (409, "idempotency_key_in_use"),
        "KeyReusedError": (422, "idempotency_key_reused"),
        "SessionInUseError": (409, "session_in_use"),
        "AcquirerUnavailable": (503, "try_again"),
        "StoreUnavailableError": (503, "try_again"),
    }
    assert (answer.status, answer.code) == expected[error.__name__]
    if answer.status == 503 or answer.code in {"payment_busy", "idempotency_key_in_use"}:
        assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("error", [errors.LedgerError, errors.SchemaError, errors.ConfigurationError, KeyError])
def test_a_defect_is_not_answered_as_if_it_were_an_outage(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise error("defect")

    monkeypatch.setattr(platform.world.processor, "create", fail)
    with pytest.raises(error):
        platform.pay()


def test_an_outage_before_anything_is_made_is_503_and_logged(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise errors.StoreUnavailableError("ThrottlingException")

    monkeypatch.setattr("tercet.payments.handlers.api.services", fail)
    assert platform.pay().status == 503
    failed, answered = (json.loads(line) for line in capfd.readouterr().out.splitlines())
    assert (failed["event"], failed["cause"]) == ("request_failed", "StoreUnavailableError: ThrottlingException")
    assert (answered["status"], answered["code"]) == (503, "try_again")


@pytest.mark.parametrize(
    ("request_sent", "code"),
    [
        ({"card_token": "tok_visa"}, None),
        ({"card_token": "tok_insufficient_funds"}, "insufficient_funds"),
        ({"card_token": "tok_visa", "amount_minor": 0}, "invalid_parameter"),
    ],
)
def test_the_log_tells_why_a_card_was_declined(
    platform: Platform, capfd: pytest.CaptureFixture[str], request_sent: dict[str, object], code: str | None
) -> None:
    platform.pay(**request_sent)
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [line["code"] for line in lines if line["event"] == "request_answered"] == [code]


def test_logs_are_json_and_hold_nothing_that_the_caller_wrote(
    platform: Platform, capfd: pytest.CaptureFixture[str]
) -> None:
    made = platform.pay("secret-key", metadata={"email": "someone@acme.io"})
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    (answered,) = [line for line in lines if line.get("event") == "request_answered"]
    assert answered == {
        "event": "request_answered",
        "correlation_id": made.headers["Request-Id"],
        "method": "POST",
        "resource": "/v1/payments",
        "status": 201,
        "code": None,
        "ms": answered["ms"],
    }
    platform.call("listPayments", query={"limit": "secret"})
    platform.send("GET", "/v1/secret")
    text = json.dumps(lines) + capfd.readouterr().out
    assert not re.search("tok_visa|secret|someone|acme", text)


def test_the_request_id_is_the_correlation_id_of_all_that_was_caused(platform: Platform) -> None:
    made = platform.pay()
    correlation_id = made.headers["Request-Id"]
    for table in ("operations", "entries"):
        rows = platform.world.database.read(Statement(f"SELECT correlation_id FROM {table}"))
        assert {row["correlation_id"] for row in rows} == {correlation_id}
    assert {event.detail["correlation_id"] for event in platform.world.bus.events} == {correlation_id}


def test_an_id_that_no_column_holds_is_replaced_by_the_invocations(platform: Platform) -> None:
    from tercet.payments.handlers import api

    for request_id in (None, "", "x" * 81, "ü", 7):
        event = {"httpMethod": "GET", "resource": "/v1/health", "requestContext": {"requestId": request_id}}
        assert api.handler(event, platform.context)["headers"]["Request-Id"] == "invocation-1"


def test_what_was_measured_is_written_whatever_happens(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[bool] = []
    monkeypatch.setattr(platform.parts.metrics, "flush", lambda: flushed.append(True))
    platform.pay()
    monkeypatch.setattr(platform.world.processor, "create", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        platform.pay()
    assert flushed == [True, True]
