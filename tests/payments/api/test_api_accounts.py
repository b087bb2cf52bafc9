"""Accounts through the API: positive is what we owe the merchant, and entries add up to balances."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.payments.api.merchant import Platform


def balances(platform: Platform, account: str = "payable", merchant: str = "acme") -> dict[str, int]:
    page = platform.call("listBalances", path={"account": account}, merchant=merchant).body
    assert page["has_more"] is False
    return {each["currency"]: each["amount_minor"] for each in page["data"]}


def test_what_is_captured_is_owed_and_what_is_given_back_is_not(platform: Platform) -> None:
    assert balances(platform) == {}
    captured = platform.pay(amount_minor=1000)
    assert balances(platform) == {"EUR": 1000}
    refund = platform.on(captured.body["id"], "refund", amount_minor=300)
    platform.pay(amount_minor=7, currency="JPY")
    assert balances(platform) == {"EUR": 700, "JPY": 7}
    newest, second, first = platform.walk("listEntries", "id", limit=100, account="payable")
    assert (newest["amount_minor"], newest["currency"], newest["exponent"]) == (7, "JPY", 0)
    assert (second["amount_minor"], second["request_id"]) == (-300, refund.headers["Request-Id"])
    assert (first["amount_minor"], first["payment_id"]) == (1000, captured.body["id"])
    assert first["id"].startswith(first["operation_id"] + "_")


def test_a_dispute_holds_what_is_owed(platform: Platform) -> None:
    payment_id = platform.pay(amount_minor=1000, card_token="tok_disputed_lost").body["id"]
    platform.notify(payment_id, "dispute")
    assert (balances(platform), balances(platform, "disputed")) == ({"EUR": 0}, {"EUR": 1000})
    platform.notify(payment_id, "dispute_lost")
    assert (balances(platform), balances(platform, "disputed")) == ({"EUR": 0}, {"EUR": 0})


def test_entries_are_walked_exactly_once_and_add_up_to_the_balances(platform: Platform) -> None:
    for amount in range(1, 6):
        payment_id = platform.pay(amount_minor=amount * 10, currency="EUR" if amount % 2 else "USD").body["id"]
        platform.on(payment_id, "refund", amount_minor=amount)
    platform.pay(merchant="other")
    everything = platform.walk("listEntries", "id", limit=100, account="payable")
    assert len({entry["id"] for entry in everything}) == len(everything) == 10
    assert [entry["operation_id"] for entry in everything] == sorted(
        (entry["operation_id"] for entry in everything), reverse=True
    )
    for limit in (1, 3, 10):
        assert platform.walk("listEntries", "id", limit=limit, account="payable") == everything
    sums: Counter[str] = Counter()
    for entry in everything:
        sums[entry["currency"]] += entry["amount_minor"]
    assert balances(platform) == dict(sums)


@pytest.mark.parametrize("account", ["bank", "acquirer_receivable", "Payable", "", "x" * 3000])
@pytest.mark.parametrize("operation_id", ["listEntries", "listBalances"])
def test_no_other_account_is_shown(platform: Platform, operation_id: str, account: str) -> None:
    platform.pay()
    answer = platform.call(operation_id, path={"account": account})
    assert (answer.status, answer.code, answer.error["param"]) == (404, "account_not_found", "account")
