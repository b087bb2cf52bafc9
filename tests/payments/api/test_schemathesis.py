"""Whatever is sent, the API answers as its document says: the real handler, behind the real front and its validation.

schemathesis makes requests of the document, some as it allows and some as it does not. What only a merchant can know
is put into a part of them: the ids of its objects, and test cards that are approved, declined, or need the holder. Else
nearly every request would end at a payment that does not exist, or at a card that is none.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import tercet.payments
from tercet.payments.api.bodies import MAX_METADATA_KEY_LENGTH
from tercet.payments.api.routes import ROUTES
from tests.local.front.conftest import endpoint
from tests.local.front.front_shop import environment_of, open_shop
from tests.local.front.front_site import Site

__all__ = ["endpoint"]

SEED = 20_261_124
EXAMPLES = 110
"""Requests of each operation that the document allows, and as many that it does not."""

CASES = 2_000
"""How many there are at least in all. Operations with few parameters run out of different requests earlier."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CARDS = (
    "tok_visa", "tok_risky", "tok_insufficient_funds", "tok_3ds", "tok_3ds_fails", "tok_error_500", "tok_duplicate",
    "tok_capture_declined", "tok_refund_declined", "tok_disputed", "tok_disputed_lost",
)  # fmt: skip
"""Test cards whose answers come at once."""

CURSORS = {
    "listPayments": "payment_id",
    "listPaymentEvents": "sequence",
    "listEntries": "entry_id",
}
"""Operation → what its `starting_after` names."""


PLAIN = {"Content-Type": "text/plain"}
ERROR = {"type": "api_error", "code": "internal_error", "message": "", "param": None, "request_id": "1"}


_NUMBERS = itertools.count(1)


@dataclass
class Merchant:
    """Who sends the requests, and what it has."""

    site: Site
    known: dict[str, list[Any]] = field(default_factory=dict)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.tokens = {"all": self.site.token(), "read": self.site.token("payments/read"), "none": None}
        self.session = requests.Session()
        self.document: dict[str, Any] = yaml.safe_load(
            (Path(tercet.payments.__file__).parent / "openapi.yaml").read_text(encoding="utf-8")
        )
        self._obtain_objects()

    def _obtain_objects(self) -> None:
        token = self.tokens["all"]
        made = [
            self.site.pay(token, key=f"before-{card}-{number}", card_token=card, capture=number % 2 == 0)
            for card in CARDS
            for number in range(4)
        ]
        assert {answer.status for answer in made} == {201, 402}
        opened = [
            self.site.post("/v1/sessions", token, key=f"before-{number}", amount_minor=1999, currency="USD")
            for number in range(4)
        ]
        assert {answer.status for answer in opened} == {201}
        entries = self.site.request("GET", "/live/v1/accounts/payable/entries?limit=100", token=token)
        self.known = {
            "payment_id": [answer.body["id"] for answer in made if answer.status == 201],
            "session_id": [answer.body["id"] for answer in opened],
            "account": ["payable", "disputed"],
            "card_token": list(CARDS),
            "amount_minor": [1, 1999],
            "currency": ["USD", "USD"],
            "entry_id": [entry["id"] for entry in entries.body["data"]],
            "sequence": ["1", "2"],
        }
        assert all(len(values) > 1 for values in self.known.values())

    def make_real(self, case: Any, draw: st.DataObject) -> None:
        """Put what the merchant has in place of some values that only look like it."""
        operation_id = case.operation.definition.raw["operationId"]
        for name in list(case.path_parameters or {}):
            case.path_parameters[name] = draw.draw(st.sampled_from(self.known[name]))
        if isinstance(case.body, dict):
            for name in sorted(case.body.keys() & self.known.keys()):
                if draw.draw(st.booleans()):
                    case.body[name] = draw.draw(st.sampled_from(self.known[name]))
        if (
            (cursor := CURSORS.get(operation_id))
            and "starting_after" in (case.query or {})
            and draw.draw(st.booleans())
        ):
            case.query["starting_after"] = draw.draw(st.sampled_from(self.known[cursor]))

    def send(self, case: Any, who: str, *, with_new_key: bool) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if self.tokens[who] else {}
        if with_new_key and "Idempotency-Key" in (case.headers or {}):
            headers["Idempotency-Key"] = f"case-{next(self._numbers)}"
        response = case.call(base_url=f"{self.site.front.url}/live", session=self.session, headers=headers)
        self.answers[case.operation.definition.raw["operationId"], response.status_code] += 1
        return response


@pytest.fixture(scope="module")
def shop(endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_shop(endpoint, tmp_path_factory.mktemp("shop")) as site:
        yield site


@pytest.fixture
def merchant(shop: Site) -> Iterator[Merchant]:
    shop.forget()
    shop.merchant = f"merchant-{next(_NUMBERS)}"
    with environment_of(shop):
        yield Merchant(shop)


def breaks_rule_in_words(case: Any, response: Any) -> bool:
    """Tell whether a request is refused by one of the three rules that the document can only say in words."""
    if response.status_code != 400:
        return False
    body = case.body if isinstance(case.body, dict) else {}
    return (
        response.json()["error"]["code"] == "card_number_refused"
        or isinstance(body.get("amount_minor"), float)  # 1.0, an integer to JSON schema
        or any(not 1 <= len(name) <= MAX_METADATA_KEY_LENGTH for name in body.get("metadata", ()))
    )


def check(case: Any, response: Any, *, is_whole: bool) -> None:
    """Fail unless the answer is one that the document promises to such a request.

    Parameters
    ----------
    is_whole
        Whether the request was sent by one who may, just as schemathesis made it.
    """
    is_positive = case.meta.generation.mode.is_positive
    case.validate_response(
        response, checks=[*CHECKS, *([] if is_positive or not is_whole else [negative_data_rejection])]
    )
    if is_positive and not breaks_rule_in_words(case, response):
        assert response.status_code not in {400, 413, 415}, response.text


def examine(merchant: Merchant, operation: Any, mode: GenerationMode) -> None:
    """Send requests of one operation."""

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(mode),
        is_real=st.booleans(),
        who=st.sampled_from(["all", "all", "all", "all", "all", "all", "read", "none"]),
        draw=st.data(),
    )
    def answers_as_documented(case: Any, is_real: bool, who: str, draw: st.DataObject) -> None:
        if is_real:
            merchant.make_real(case, draw)
        response = merchant.send(case, who, with_new_key=is_real)
        check(case, response, is_whole=not is_real and who == "all")

    with suppress(Unsatisfiable):  # an operation without parameters cannot be asked for in a wrong way
        answers_as_documented()


def load(merchant: Merchant) -> list[Any]:
    schema = schemathesis.openapi.from_dict(merchant.document, config=SchemathesisConfig(seed=SEED))
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) == len(ROUTES)
    return operations


@pytest.mark.slow
def test_whatever_is_sent_the_answer_is_as_documented(merchant: Merchant) -> None:
    for operation in load(merchant):
        for mode in GenerationMode:
            examine(merchant, operation, mode)
    assert merchant.answers.total() >= CASES
    assert {status for _, status in merchant.answers} >= {200, 201, 202, 400, 401, 402, 404, 409, 422}, merchant.answers
    done = {operation_id for operation_id, status in merchant.answers if status < 300}
    assert done == {route.operation_id for route in ROUTES}, merchant.answers


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": 418, "body": "{}"},
        {"statusCode": 200, "body": "{}"},
        {"statusCode": 200, "body": '{"status": "ok", "environment": "test", "check": "shallow"}', "headers": PLAIN},
        {"statusCode": 500, "body": json.dumps({"error": ERROR})},
    ],
    ids=["status", "body", "media type", "server error"],
)
def test_an_answer_that_is_not_documented_is_found(merchant: Merchant, answer: Any) -> None:
    (health,) = (each for each in load(merchant) if each.path == "/v1/health")
    merchant.site.answer = lambda event: answer
    with pytest.raises(FailureGroup):
        examine(merchant, health, GenerationMode.POSITIVE)
