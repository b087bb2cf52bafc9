"""The document is valid, can be converted for API Gateway, and says what the code does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tercet.payments.api import bodies, parameters
from tercet.payments.api.routes import ROUTES
from tercet.payments.currencies import EXPONENTS
from tercet.payments.ledger import MERCHANT_ACCOUNTS
from tercet.payments.model import FAILURES, State, new_id
from tercet.payments.sessions import SESSION_ID, SessionStatus
from tercet.payments.transitions import EVENT_KINDS
from tests.payments.api.document import DOCUMENT, operations

SCHEMAS = DOCUMENT["components"]["schemas"]
EVERYWHERE = {"400", "403", "429", "500", "502", "503", "504"}


def scopes(operation: Any) -> list[str | None]:
    return [scope for each in operation["security"] for scope in each["accessToken"]] or [None]


def test_it_is_a_valid_openapi_3_1_document() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_operation_has_exactly_one_route_and_every_route_one_operation() -> None:
    documented = [
        (operation["operationId"], method, path, *scopes(operation)) for method, path, operation in operations()
    ]
    routed = [(route.operation_id, route.method, route.path, route.scope) for route in ROUTES]
    assert sorted(documented, key=str) == sorted(routed, key=str)
    assert len({route.operation_id for route in ROUTES}) == len({(route.method, route.path) for route in ROUTES})
    assert len(ROUTES) == len({route.operation_id for route in ROUTES})


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_every_operation_documents_the_parameters_that_it_reads(route: Any) -> None:
    operation = DOCUMENT["paths"][route.path][route.method.lower()]
    given = {(each["in"], each["name"]) for each in operation.get("parameters", ())}
    in_path = {("path", part[1:-1]) for part in route.path.split("/") if part.startswith("{")}
    key = {("header", "Idempotency-Key")} if route.method == "POST" and route.scope != "payments/notify" else set()
    assert given == {("query", name) for name in route.query} | in_path | key
    assert all(each["required"] for each in operation.get("parameters", ()) if each["in"] != "query")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_every_operation_documents_what_may_happen_to_any(route: Any) -> None:
    responses = DOCUMENT["paths"][route.path][route.method.lower()]["responses"]
    assert responses.keys() >= EVERYWHERE | ({"401"} if route.scope else set())
    assert (responses.keys() >= {"413", "415"}) is (route.method == "POST")
    assert all("Request-Id" in each["headers"] for each in responses.values())
    assert all("Retry-After" in responses[status]["headers"] for status in ("429", "503"))
    for status, response in responses.items():
        schema = response["content"]["application/json"]["schema"]["$ref"]
        assert (schema == "#/components/schemas/ErrorEnvelope") is (status >= "400")


def test_its_scopes_are_those_of_the_routes() -> None:
    flow = DOCUMENT["components"]["securitySchemes"]["accessToken"]["flows"]["clientCredentials"]
    assert set(flow["scopes"]) == {route.scope for route in ROUTES} - {None}


@pytest.mark.parametrize(
    ("schema", "fields"),
    [
        ("PaymentRequest", bodies.PAYMENT_FIELDS),
        ("CaptureRequest", bodies.CAPTURE_FIELDS),
        ("RefundRequest", bodies.REFUND_FIELDS),
        ("EmptyRequest", frozenset()),
        ("SessionRequest", bodies.SESSION_FIELDS),
        ("Notification", bodies.NOTIFICATION_FIELDS),
    ],
)
def test_request_bodies_hold_the_fields_that_are_read_and_no_others(schema: str, fields: frozenset[str]) -> None:
    assert set(SCHEMAS[schema].get("properties", {})) == fields
    assert SCHEMAS[schema]["additionalProperties"] is False


def request_schemas() -> Iterator[Any]:
    """Every schema, whole or part, that a request is checked against."""
    pending = [
        content["schema"]
        for _, _, operation in operations()
        for content in operation.get("requestBody", {}).get("content", {}).values()
    ]
    while pending:
        schema = pending.pop()
        if "$ref" in schema:
            schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
        yield schema
        pending += list(schema.get("properties", {}).values())
        if isinstance(schema.get("additionalProperties"), dict):
            pending.append(schema["additionalProperties"])


def test_request_bodies_use_only_what_can_be_converted_for_api_gateway() -> None:
    known = {
        "type", "format", "minimum", "maximum", "pattern", "enum", "default", "description",
        "required", "properties", "additionalProperties", "maxProperties", "maxLength", "propertyNames", "examples",
    }  # fmt: skip
    schemas = list(request_schemas())
    assert len(schemas) > 15
    for schema in schemas:
        assert schema.keys() <= known
        assert isinstance(schema["type"], str)
        assert "(?" not in schema.get("pattern", "")


def test_its_limits_are_those_of_the_code() -> None:
    payment = SCHEMAS["PaymentRequest"]["properties"]
    assert (payment["amount_minor"]["minimum"], payment["amount_minor"]["maximum"]) == (1, bodies.MAX_AMOUNT_MINOR)
    assert payment["card_token"]["pattern"] == f"^{bodies.CARD_TOKEN.pattern}$"
    assert payment["metadata"]["maxProperties"] == bodies.MAX_METADATA_KEYS
    assert payment["metadata"]["additionalProperties"]["maxLength"] == bodies.MAX_METADATA_VALUE_LENGTH
    names = {"minLength": 1, "maxLength": bodies.MAX_METADATA_KEY_LENGTH}
    assert payment["metadata"]["propertyNames"] == names
    create = DOCUMENT["paths"]["/v1/payments"]["post"]
    assert create["parameters"][0]["schema"]["pattern"] == f"^{parameters.IDEMPOTENCY_KEY.pattern}$"
    assert f"{bodies.MAX_BODY_BYTES:,} bytes" in create["requestBody"]["description"]
    limit = DOCUMENT["paths"]["/v1/payments"]["get"]["parameters"][0]["schema"]
    assert (limit["maximum"], limit["default"]) == (parameters.MAX_LIMIT, parameters.DEFAULT_LIMIT)


def test_its_lists_of_words_are_those_of_the_code() -> None:
    assert SCHEMAS["Currency"]["enum"] == sorted(EXPONENTS)
    assert SCHEMAS["PaymentState"]["enum"] == [str(state) for state in State]
    assert SCHEMAS["Event"]["properties"]["type"]["enum"] == list(EVENT_KINDS)
    assert SCHEMAS["Payment"]["properties"]["failure"]["properties"]["code"]["enum"] == list(FAILURES)
    assert SCHEMAS["ErrorEnvelope"]["properties"]["error"]["properties"]["decline_code"]["enum"] == list(FAILURES)
    assert SCHEMAS["Session"]["properties"]["status"]["enum"] == [str(status) for status in SessionStatus]
    assert set(SCHEMAS["Entry"]["properties"]["account"]["enum"]) == {str(each) for each in MERCHANT_ACCOUNTS}
    assert SCHEMAS["Notification"]["properties"]["kind"]["enum"] == [str(kind) for kind in bodies.NOTIFIABLE]


def test_ids_are_what_the_code_makes() -> None:
    assert parameters.PAYMENT_ID.fullmatch(new_id("pay", 1_800_000_000_000))
    assert parameters.SESSION_ID.pattern == SESSION_ID.pattern
    assert SCHEMAS["Payment"]["properties"]["id"]["pattern"] == f"^{parameters.PAYMENT_ID.pattern}$"
    assert SCHEMAS["Session"]["properties"]["id"]["pattern"] == f"^{parameters.SESSION_ID.pattern}$"
    assert SCHEMAS["Entry"]["properties"]["id"]["pattern"].replace("^", "").replace("$", "") == (
        parameters.ENTRY_ID.pattern.replace("(", "").replace(")", "")
    )
