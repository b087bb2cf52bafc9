"""The OpenAPI document, as a judge of answers: what it does not promise may not be given."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

DOCUMENT: Mapping[str, Any] = yaml.safe_load((files("tercet.payments") / "openapi.yaml").read_text(encoding="utf-8"))

_METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_NOT_OF_THE_DOCUMENT = frozenset({"Content-Type", "Cache-Control", "WWW-Authenticate"})
_URN = "urn:openapi"
_REGISTRY: Registry[Any] = Registry().with_resource(_URN, DRAFT202012.create_resource(DOCUMENT))


def operations() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Method, path and operation."""
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            if method in _METHODS:
                yield method.upper(), path, operation


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """Make a validator of a schema that stands in the document."""
    return Draft202012Validator(_absolute(schema), registry=_REGISTRY)


def check_answer(method: str, path: str, answer: Mapping[str, Any]) -> None:
    """Fail unless the document promises such an answer to the operation: its status, its headers and its body."""
    item = DOCUMENT["paths"].get(path, {})
    operation = item.get(method.lower())
    if operation is None:
        assert answer["statusCode"] == 404, f"{method} {path} is not in the document"
        promised = DOCUMENT["paths"]["/v1/payments/{payment_id}"]["get"]["responses"]["404"]
    else:
        promised = operation["responses"].get(str(answer["statusCode"]))
        assert promised, f"{method} {path} does not promise {answer['statusCode']}: {answer['body']}"
    undocumented = answer["headers"].keys() - promised["headers"].keys() - _NOT_OF_THE_DOCUMENT
    assert not undocumented, f"{method} {path} {answer['statusCode']} does not promise {undocumented}"
    assert answer["headers"]["Content-Type"] == "application/json"
    assert answer["headers"]["Cache-Control"] == "no-store"
    validator(promised["content"]["application/json"]["schema"]).validate(json.loads(answer["body"]))


def _absolute(value: Any) -> Any:
    """Give a part of the document with references that can be followed from outside of it."""
    if isinstance(value, dict):
        return {name: f"{_URN}{each}" if name == "$ref" else _absolute(each) for name, each in value.items()}
    return [_absolute(each) for each in value] if isinstance(value, list) else value
