"""What belongs to which method of a REST API, and what waits for what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Block, Graph, Resource
from tercet.preflight.memory import remembered
from tercet.preflight.rules._targets import made, the_one
from tercet.preflight.values import Reference, Value, references_in, walk

API: Final = "aws_api_gateway_rest_api"
DEPLOYMENT: Final = "aws_api_gateway_deployment"
INTEGRATION: Final = "aws_api_gateway_integration"
METHOD: Final = "aws_api_gateway_method"
METHOD_RESPONSE: Final = "aws_api_gateway_method_response"
STAGE: Final = "aws_api_gateway_stage"

MAX_STEPS: Final = 10_000
_HOPS: Final = 5
_INTEGRATION_KEY: Final = "x-amazon-apigateway-integration"


def api_of(part: Resource) -> Resource | None:
    """Return the REST API that a part belongs to; None where it stands elsewhere or may be one of several."""
    apis = made(part, "rest_api_id", API)
    if not apis:
        for reference in part.references("rest_api_id"):
            for other in part.graph.find(reference.address):
                if other is not part and reference.path == ("rest_api_id",):
                    apis = made(other, "rest_api_id", API)
    return apis[0] if len(apis) == 1 else None


def method_key(part: Resource) -> tuple[str, str] | None:
    """Return the resource and the HTTP method that a method, an integration or a response is for.

    None where one of them is not known, so that two parts cannot be compared.
    """
    resource, method = _settled(part, "resource_id"), _settled(part, "http_method")
    return (resource, method.upper()) if resource and method else None


def _settled(part: Resource, argument: str) -> str | None:
    """Follow an argument through methods and integrations that say it, to text or to a resource's own attribute."""
    value: Value = part.value(argument)
    for _ in range(_HOPS):
        if isinstance(value, str):
            return str(value)
        if not isinstance(value, Reference):
            return None
        if value.path != (argument,):
            return str(value) if "[*]" not in value.address else None
        found = part.graph.find(value.address)
        if len(found) != 1:
            return None
        value = found[0].value(argument)
    return None


@dataclass(frozen=True, slots=True)
class ByMethod:
    """The parts of one type.

    Parameters
    ----------
    known
        By the resource and HTTP method that they are for.
    unknown
        Those of which it is not known.
    """

    known: dict[tuple[str, str], list[Resource]]
    unknown: list[Resource]


def by_method(graph: Graph, kind: str) -> ByMethod:
    """Return the parts of one type by what they are for; found out once for a graph."""

    def find() -> ByMethod:
        found = ByMethod(defaultdict(list), [])
        for part in graph.of_type(kind):
            key = method_key(part)
            (found.known[key] if key is not None else found.unknown).append(part)
        return found

    return remembered(graph, ("apigateway", kind), find)


def parts_of(graph: Graph, api: Resource, *types: str) -> list[Resource]:
    """Return the parts, of these types, that belong to an API."""
    return [part for part in api.referrers(*types) if api_of(part) is api] if api.graph is graph else []


def described_integrations(api: Resource) -> Iterator[dict[str, Value]]:
    """Go through the integrations in an API's OpenAPI body, as far as it is JSON and known.

    Raises
    ------
    Undecidable
        Nothing of the body is known.
    """
    if not api.has("body"):
        return
    for one in walk(api.document("body")):
        if isinstance(one, dict) and isinstance(one.get(_INTEGRATION_KEY), dict):
            yield one[_INTEGRATION_KEY]


def function_in(block: Block, value: Value) -> tuple[Resource, Reference] | None:
    """Return the function that an integration's URI refers to, and by which of its attributes."""
    for reference in references_in(value):
        for found in block.owner.graph.find(reference.address):
            if found.type == "aws_lambda_function" and found.mode == "managed":
                return found, reference
            if found.type == "aws_lambda_alias" and found.mode == "managed":
                function = the_one(found, "function_name", "aws_lambda_function")
                if function is not None:
                    return function, reference
    return None
