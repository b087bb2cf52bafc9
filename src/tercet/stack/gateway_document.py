"""The payment API's OpenAPI 3.1 document as API Gateway can import it.

API Gateway imports OpenAPI 3.0.1, and only a part of that; what it does not know it drops or refuses ("Amazon API
Gateway important notes", its Developer Guide). It checks that required parameters are there, and bodies against JSON
schema draft 4. So of the document only that goes with it: operations, their security, parameters, and the schemas of
request bodies. What is answered it does not check, and so it gets no schemas of that.

Every keyword of a request body's schema is of one kind: taken over, rewritten, telling something and checking nothing,
or left to the handler, which checks all there is once more. A keyword of no kind is an error here, at synth: dropped
without anybody's decision, it would be a check that nobody may ever make.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tercet.errors import SynthError

METHODS: Final = frozenset({"delete", "get", "head", "options", "patch", "post", "put"})

_VERSION: Final = "3.0.1"
_SCHEMAS: Final = "#/components/schemas/"
_SAME: Final = frozenset(
    {
        "additionalProperties",
        "description",
        "enum",
        "items",
        "maxLength",
        "maximum",
        "minLength",
        "minimum",
        "pattern",
        "properties",
        "required",
        "type",
    }
)
"""Keywords that mean the same in JSON schema 2020-12 and in draft 4, and that API Gateway takes."""

_LEFT_TO_THE_HANDLER: Final = frozenset(
    {"maxItems", "maxProperties", "minItems", "minProperties", "propertyNames", "uniqueItems"}
)
"""Keywords that API Gateway does not check. The first five it leaves out of what it imports, and draft 4 does not know
``propertyNames``."""

_TOLD_ONLY: Final = frozenset(
    {"default", "deprecated", "example", "examples", "format", "readOnly", "title", "writeOnly"}
)
"""Keywords that tell readers something, and check nothing."""


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Give path, method and operation, in the document's order."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def for_api_gateway(document: Mapping[str, Any]) -> dict[str, Any]:
    """Convert an OpenAPI 3.1 document.

    Parameters
    ----------
    document
        The document; it is not changed.

    Returns
    -------
    dict
        An OpenAPI 3.0.1 document, without security schemes and without API Gateway's extensions.

    Raises
    ------
    SynthError
        The document says something that API Gateway cannot check, or refers to what is not there.
    """
    used: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for path, method, operation in operations(document):
        shared = document["paths"][path].get("parameters", ())
        converted = {
            name: operation[name] for name in ("operationId", "summary", "description", "security") if name in operation
        }
        parameters = [_parameter(document, each) for each in (*shared, *operation.get("parameters", ()))]
        if parameters:
            converted["parameters"] = parameters
        if "requestBody" in operation:
            converted["requestBody"] = _body(document, operation["requestBody"], used, f"{method.upper()} {path}")
        converted["responses"] = {
            status: {"description": _resolve(document, response)["description"].strip()}
            for status, response in operation["responses"].items()
        }
        paths.setdefault(path, {})[method] = converted
    info = {name: document["info"][name] for name in ("title", "version")}
    return {"openapi": _VERSION, "info": info, "paths": paths, "components": {"schemas": used}}


def _parameter(document: Mapping[str, Any], parameter: Mapping[str, Any]) -> dict[str, Any]:
    """Give what API Gateway checks of a parameter: that it is there."""
    found = _resolve(document, parameter)
    return {
        "name": found["name"],
        "in": found["in"],
        "required": bool(found.get("required")),
        "schema": {"type": "string"},
    }


def _body(document: Mapping[str, Any], body: Mapping[str, Any], used: dict[str, Any], where: str) -> dict[str, Any]:
    found = _resolve(document, body)
    content = {
        media_type: {"schema": _schema(document, media["schema"], used, where)}
        for media_type, media in found["content"].items()
    }
    return {"required": bool(found.get("required")), "content": content}


def _schema(document: Mapping[str, Any], schema: Mapping[str, Any], used: dict[str, Any], where: str) -> dict[str, Any]:
    """Convert a schema, and those that it refers to."""
    if "$ref" in schema:
        return _referred(document, schema, used, where)
    converted: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _TOLD_ONLY or keyword in _LEFT_TO_THE_HANDLER:
            continue
        if keyword == "const":
            converted["enum"] = [value]
        elif _is_expressible(schema, keyword):
            converted[keyword] = _value(document, keyword, value, used, where)
        else:
            raise SynthError(f"{where}: API Gateway cannot check `{keyword}: {value}`. Say it in another way.")
    return converted


def _is_expressible(schema: Mapping[str, Any], keyword: str) -> bool:
    """Tell whether a keyword may stay as it is.

    Not ``exclusiveMinimum``, which API Gateway does not know though draft 4 does; nor several types at once, as
    ``null`` beside another is; nor any pattern that looks around, since nobody says which engine reads it.
    """
    value = schema[keyword]
    if keyword == "type":
        return isinstance(value, str) and value != "null"
    if keyword == "pattern":
        return "(?" not in value
    return keyword in _SAME


def _value(document: Mapping[str, Any], keyword: str, value: Any, used: dict[str, Any], where: str) -> Any:
    if keyword == "properties":
        return {name: _schema(document, each, used, f"{where}, {name}") for name, each in value.items()}
    if isinstance(value, Mapping):  # of `items` and `additionalProperties`
        return _schema(document, value, used, f"{where}, {keyword}")
    return value


def _referred(
    document: Mapping[str, Any], schema: Mapping[str, Any], used: dict[str, Any], where: str
) -> dict[str, Any]:
    """Keep a reference to a schema by name, and take that schema along.

    OpenAPI 3.0 ignores what stands beside a reference, where 3.1 heeds it.
    """
    reference = schema["$ref"]
    if beside := schema.keys() - _TOLD_ONLY - {"$ref", "description"}:
        raise SynthError(f"{where}: API Gateway ignores `{min(beside)}` beside {reference}. Say it in that schema.")
    name = str(reference).removeprefix(_SCHEMAS)
    if not str(reference).startswith(_SCHEMAS) or not name.isalnum():
        raise SynthError(f"{where}: API Gateway cannot follow {reference}. Refer to {_SCHEMAS}<letters and digits>.")
    if name not in used:
        used[name] = {}  # it may refer to itself
        used[name] = _schema(document, _resolve(document, schema), used, name)
    return {"$ref": reference}


def _resolve(document: Mapping[str, Any], value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference within the document, once: the document's references lead to no further ones."""
    if "$ref" not in value:
        return value
    found: Any = document
    for step in str(value["$ref"]).removeprefix("#/").split("/"):
        try:
            found = found[step]
        except (KeyError, TypeError) as error:
            raise SynthError(f"The API's document refers to {value['$ref']}, which it does not hold.") from error
    return dict(found)
