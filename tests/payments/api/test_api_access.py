"""Merchants are kept apart and scopes decide: over every route, so that a new one is covered as it is added."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tercet.payments.api.routes import ROUTES, Route
from tercet.payments.database import Statement
from tests.payments.api.merchant import NOBODYS_PAYMENT, NOBODYS_SESSION, SCOPES, Answer, Platform
from tests.payments.events.conftest import Table
from tests.payments.fixtures_database import TABLES

PROTECTED = [route for route in ROUTES if route.scope]


@dataclass(frozen=True)
class Ids:
    """What a request may name that belongs to a merchant."""

    payment: str
    session: str
    entry: str


NOBODYS = Ids(NOBODYS_PAYMENT, NOBODYS_SESSION, "op_" + "0" * 32 + "_1")


def body(route: Route, ids: Ids) -> Mapping[str, object] | None:
    """Give a valid body; a new route that takes one has to be added."""
    if route.method == "GET":
        return None
    return {
        "createPayment": {
            "amount_minor": 1999,
            "currency": "EUR",
            "card_token": "tok_visa",
            "session_id": ids.session,
        },
        "capturePayment": {"amount_minor": 1},
        "voidPayment": {},
        "refundPayment": {"amount_minor": 1},
        "createSession": {"amount_minor": 1999, "currency": "EUR"},
        "expireSession": {},
        "receiveCallback": {"payment_id": ids.payment, "kind": "dispute"},
    }[route.operation_id]


def ask(platform: Platform, route: Route, ids: Ids, **how: str) -> Answer:
    values = {"payment_id": ids.payment, "session_id": ids.session, "account": "payable"}
    path = {name: value for name, value in values.items() if f"{{{name}}}" in route.path}
    return platform.call(route.operation_id, path=path, body=body(route, ids), **how)


@pytest.fixture
def owned(platform: Platform) -> Ids:
    """What belongs to `acme`."""
    payment_id = platform.pay(amount_minor=500, capture=False).body["id"]
    platform.on(payment_id, "capture", amount_minor=100)
    session_id = platform.open_session().body["id"]
    (entry,) = platform.walk("listEntries", "id", limit=10, account="payable")
    return Ids(payment_id, session_id, entry["id"])


def everything(platform: Platform, table: Table, merchant: str = "acme") -> str:
    """Give all that stands of a merchant, anywhere."""
    rows = {
        name: [
            dict(row)
            for row in platform.world.database.read(
                Statement(f"SELECT * FROM {name} WHERE merchant = :merchant", {"merchant": merchant})
            )
        ]
        for name in TABLES
    }
    items = [item for item in table.items().values() if item.get("merchant") == {"S": merchant}]
    return json.dumps([rows, items], sort_keys=True, default=str)


def without_request_id(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.text.replace(answer.headers["Request-Id"], "")


@pytest.mark.parametrize("route", PROTECTED, ids=lambda route: route.operation_id)
def test_anothers_objects_look_as_if_they_did_not_exist_and_are_not_touched(
    platform: Platform, table: Table, owned: Ids, route: Route
) -> None:
    before = everything(platform, table)
    if route.operation_id == "receiveCallback":
        # The acquirer serves all merchants. It learns nothing of the payment, and is not believed.
        shown = platform.show(owned.payment).body
        assert ask(platform, route, owned, merchant="other").body == {"received": True}
        assert platform.show(owned.payment).body == shown
        return
    foreign = ask(platform, route, owned, merchant="other")
    missing = ask(platform, route, NOBODYS, merchant="other")
    assert everything(platform, table) == before
    for secret in (owned.payment, owned.session, owned.entry, "acme"):
        assert secret not in foreign.text
    if "_id}" in route.path or route.operation_id == "createPayment":
        assert foreign.status in {404, 422}
        assert without_request_id(foreign) == without_request_id(missing)
    else:
        assert foreign.status in {200, 201}


@pytest.mark.parametrize("route", PROTECTED, ids=lambda route: route.operation_id)
def test_what_is_refused_to_another_is_given_to_the_owner(platform: Platform, owned: Ids, route: Route) -> None:
    answer = ask(platform, route, owned)
    # A payment of which something was captured cannot be voided: but that is told to its owner alone.
    assert answer.status in ({409} if route.operation_id == "voidPayment" else {200, 201, 202})


@pytest.mark.parametrize("operation_id", ["listPayments", "listEntries"])
def test_anothers_id_as_a_cursor_shows_nothing_of_another(platform: Platform, owned: Ids, operation_id: str) -> None:
    after = owned.payment if operation_id == "listPayments" else owned.entry
    mine = platform.pay(merchant="other").body["id"]
    path = {"account": "payable"}
    for cursor in (after, after.replace(after[4:8], "ffff")):
        page = platform.call(operation_id, path=path, query={"starting_after": cursor}, merchant="other").body
        assert {each.get("payment_id", each["id"]) for each in page["data"]} <= {mine}


@pytest.mark.parametrize("route", PROTECTED, ids=lambda route: route.operation_id)
def test_a_token_without_the_scope_is_refused(platform: Platform, table: Table, owned: Ids, route: Route) -> None:
    before = everything(platform, table)
    others = " ".join(scope for scope in SCOPES.split() if scope != route.scope)
    for scopes in (others, "", f"{route.scope}x x{route.scope}"):
        refused = ask(platform, route, owned, scopes=scopes)
        assert (refused.status, refused.error["type"]) == (403, "permission_error")
        assert refused.code == "insufficient_scope"
    assert everything(platform, table) == before
    assert ask(platform, route, owned, scopes=str(route.scope)).status != 403


@pytest.mark.parametrize("route", PROTECTED, ids=lambda route: route.operation_id)
@pytest.mark.parametrize("merchant", [None, "", "ü", "a\nb", "m" * 129])
def test_a_token_that_names_no_merchant_is_refused(platform: Platform, route: Route, merchant: str | None) -> None:
    refused = platform.send(route.method, route.path, merchant=merchant)
    assert (refused.status, refused.error["type"], refused.headers["WWW-Authenticate"]) == (
        401,
        "authentication_error",
        "Bearer",
    )


def test_the_same_key_of_two_merchants_never_meets(platform: Platform) -> None:
    first, second = platform.pay("key-1"), platform.pay("key-1", merchant="other", amount_minor=5)
    assert (first.status, second.status, first.body["id"] != second.body["id"]) == (201, 201, True)
    sessions = platform.open_session("key-1"), platform.open_session("key-1", merchant="other", amount_minor=5)
    assert [session.status for session in sessions] == [201, 201]


def test_the_merchant_never_comes_from_the_body(platform: Platform) -> None:
    for name in ("merchant", "merchant_id", "client_id"):
        body = {"amount_minor": 1, "currency": "EUR", "card_token": "tok_visa", name: "other"}
        assert platform.call("createPayment", body=body).code == "unknown_parameter"


def test_health_needs_no_token(platform: Platform) -> None:
    answer = platform.call("getHealth", merchant=None)
    assert (answer.status, answer.body) == (200, {"status": "ok", "environment": "test", "check": "shallow"})
