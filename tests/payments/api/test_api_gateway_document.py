"""The document reaches API Gateway as OpenAPI 3.0.1 that checks the same, and nothing is lost on the way unnoticed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator
from openapi_spec_validator import OpenAPIV30SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT4, DRAFT202012

from tercet.errors import SynthError
from tercet.payments.api.routes import ROUTES
from tercet.stack.gateway_document import for_api_gateway
from tercet.stack.gateway_extensions import imported_document
from tests.payments.api.document import DOCUMENT, operations

CONVERTED = for_api_gateway(DOCUMENT)
IMPORTED = imported_document(DOCUMENT, name="tercet-payments-dev", user_pool_arn="arn:pool", invoke_arn="arn:invoke")
BODIES = [
    (method.lower(), path, operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2])
    for method, path, operation in operations()
    if "requestBody" in operation
]


def with_amount(schema: Any) -> dict[str, Any]:
    """Give a small document with one field in its one body."""
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Request"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"post": {"requestBody": body, "responses": {"200": {"description": "Done. "}}}}},
        "components": {"schemas": {"Request": {"type": "object", "properties": {"amount": schema}}}},
    }


def converted(schema: Any) -> Any:
    return for_api_gateway(with_amount(schema))["components"]["schemas"]["Request"]["properties"]["amount"]


def parameters(operation: Any) -> set[tuple[str, str, bool]]:
    return {(each["in"], each["name"], bool(each.get("required"))) for each in operation.get("parameters", ())}


def test_it_is_valid_openapi_3_0_1_and_leaves_the_document_as_it_was() -> None:
    before = copy.deepcopy(DOCUMENT)
    assert for_api_gateway(DOCUMENT)["openapi"] == "3.0.1"
    assert before == DOCUMENT
    OpenAPIV30SpecValidator(CONVERTED).validate()
    OpenAPIV30SpecValidator(IMPORTED).validate()


def test_every_operation_is_there_with_its_security_its_statuses_and_what_it_requires() -> None:
    found = {
        (method.upper(), path): operation
        for path, item in CONVERTED["paths"].items()
        for method, operation in item.items()
    }
    assert found.keys() == {(route.method, route.path) for route in ROUTES}
    for method, path, operation in operations():
        given_to_it = found[method, path]
        assert given_to_it["security"] == operation["security"]
        assert given_to_it["responses"].keys() == operation["responses"].keys()
        required = {(each["in"], each["name"]) for each in operation.get("parameters", ()) if each.get("required")}
        assert {
            (each["in"], each["name"]) for each in given_to_it.get("parameters", ()) if each["required"]
        } == required
        assert ("requestBody" in given_to_it) is ("requestBody" in operation)


def test_nothing_is_in_it_that_api_gateway_does_not_know() -> None:
    """ "Amazon API Gateway important notes" of its Developer Guide lists what it does not."""
    text = json.dumps(CONVERTED)
    for unknown in (
        "nullable", "discriminator", "anyOf", "oneOf", "allOf", "example", "exclusiveMinimum", "readOnly", "format",
        "const", "webhooks", "maxItems", "maxProperties", '"null"', "components/responses", "deprecated",
    ):  # fmt: skip
        assert unknown not in text
    assert all(name.isalnum() for name in CONVERTED["components"]["schemas"])
    for path in CONVERTED["paths"]:
        assert all(part.isalnum() or (part[0], part[-1]) == ("{", "}") for part in path.split("/")[1:])


def test_every_schema_in_it_is_used_and_draft_4() -> None:
    text = json.dumps(CONVERTED)
    for name, schema in CONVERTED["components"]["schemas"].items():
        assert f'"#/components/schemas/{name}"' in text
        Draft4Validator.check_schema(schema)


def validator(kind: Any, draft: Any, document: Any, name: str) -> Any:
    registry = Registry().with_resource("urn:it", draft.create_resource(document))
    return kind({"$ref": f"urn:it#/components/schemas/{name}"}, registry=registry)


VALUES = st.none() | st.booleans() | st.integers(-2, 100_000_001) | st.text(max_size=8) | st.sampled_from(
    ["EUR", "tok_visa", "pay_" + "0" * 32, "ses_" + "0" * 32, "dispute", "captured"]
)  # fmt: skip
NAMES = st.sampled_from(
    ["amount_minor", "currency", "card_token", "capture", "final", "session_id", "payment_id", "kind", "metadata", "x"]
)


@pytest.mark.parametrize(("method", "path", "name"), BODIES, ids=lambda value: str(value))
@given(body=st.dictionaries(NAMES, VALUES | st.dictionaries(st.text(max_size=3), VALUES, max_size=3), max_size=5))
def test_it_admits_the_bodies_that_the_document_admits(method: str, path: str, name: str, body: Any) -> None:
    given_to_it = CONVERTED["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    assert given_to_it == {"$ref": f"#/components/schemas/{name}"}
    ours = validator(Draft202012Validator, DRAFT202012, DOCUMENT, name)
    theirs = validator(Draft4Validator, DRAFT4, CONVERTED, name)
    assert ours.is_valid(body) == theirs.is_valid(body)


def test_what_can_be_said_in_another_way_is() -> None:
    assert converted({"type": "string", "const": "a"}) == {"type": "string", "enum": ["a"]}
    assert converted({"type": "string", "format": "date", "title": "t", "examples": ["a"]}) == {"type": "string"}
    left = {"type": "object", "maxProperties": 3, "propertyNames": {"maxLength": 3}}
    assert converted(left) == {"type": "object"}
    nested = {"type": "array", "maxItems": 3, "items": {"type": "object", "additionalProperties": {"const": 1}}}
    assert converted(nested) == {"type": "array", "items": {"type": "object", "additionalProperties": {"enum": [1]}}}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["integer", "null"]},
        {"type": "null"},
        {"type": "integer", "nullable": True},
        {"type": "integer", "exclusiveMinimum": 0},
        {"type": "number", "multipleOf": 2},
        {"type": "string", "pattern": "^(?!x)"},
        {"anyOf": [{"type": "string"}]},
        {"oneOf": [{"type": "string"}]},
        {"not": {"type": "string"}},
        {"type": "object", "dependentRequired": {"a": ["b"]}},
        {"type": "object", "patternProperties": {"a": {}}},
        {"type": "object", "unevaluatedProperties": False},
        {"discriminator": {"propertyName": "a"}},
        {"$ref": "#/components/schemas/Nothing"},
        {"$ref": "#/components/responses/Request"},
        {"$ref": "https://elsewhere.example/schema.json"},
        {"$ref": "#/components/schemas/Request", "maxProperties": 1},
        {"type": "array", "items": {"type": ["string", "null"]}},
        {"type": "object", "properties": {"deep": {"anyOf": []}}},
    ],
    ids=json.dumps,
)
def test_what_cannot_be_said_is_refused_and_named(schema: Any) -> None:
    with pytest.raises(SynthError, match=r"POST /a|API's document|Request"):
        converted(schema)


def test_a_schema_that_refers_to_itself_is_taken_once() -> None:
    document = with_amount({"$ref": "#/components/schemas/Request", "description": "Told only."})
    assert list(for_api_gateway(document)["components"]["schemas"]) == ["Request"]


def test_every_operation_is_validated_authorized_and_integrated() -> None:
    validators = IMPORTED["x-amazon-apigateway-request-validators"]
    assert validators[IMPORTED["x-amazon-apigateway-request-validator"]] == {
        "validateRequestBody": True,
        "validateRequestParameters": True,
    }
    (scheme,) = IMPORTED["components"]["securitySchemes"].values()
    assert scheme["x-amazon-apigateway-authorizer"] == {"type": "cognito_user_pools", "providerARNs": ["arn:pool"]}
    for item in IMPORTED["paths"].values():
        for operation in item.values():
            assert operation["x-amazon-apigateway-integration"]["uri"] == "arn:invoke"
            assert operation["x-amazon-apigateway-integration"]["type"] == "aws_proxy"


def test_what_api_gateway_answers_itself_is_as_documented() -> None:
    envelope = validator(Draft202012Validator, DRAFT202012, DOCUMENT, "ErrorEnvelope")
    documented = {status for _, _, operation in operations() for status in operation["responses"]}
    responses = IMPORTED["x-amazon-apigateway-gateway-responses"]
    assert len(responses) >= 18
    for kind, response in responses.items():
        text = response["responseTemplates"]["application/json"]
        text = text.replace("$context.error.messageString", '"Missing"').replace("$context.requestId", "id")
        envelope.validate(json.loads(text))
        assert response.get("statusCode", "400") in documented, kind
        assert response["responseParameters"]["gatewayresponse.header.Request-Id"] == "context.requestId"
        assert json.loads(text)["error"]["code"].replace("_", "").isalpha()
