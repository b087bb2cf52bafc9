"""Values of DNS records: what they refer to, and whether they are addresses of the web."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.values import Reference, Value, references_in

URLS: Final[dict[str, frozenset[str]]] = {
    "aws_api_gateway_deployment": frozenset(("invoke_url",)),
    "aws_api_gateway_stage": frozenset(("invoke_url",)),
    "aws_apigatewayv2_api": frozenset(("api_endpoint",)),
    "aws_apigatewayv2_stage": frozenset(("invoke_url",)),
    "aws_lambda_function_url": frozenset(("function_url",)),
    "aws_sqs_queue": frozenset(("url", "id")),
}
"""Attributes that are addresses of the web, with ``https://`` before the name."""


def values_of(record: Resource) -> Iterator[Value]:
    """Go through the values of a record, each known or not."""
    try:
        yield from record.items("records")
    except Undecidable:
        yield record.value("records")


def url_in(graph: Graph, value: Value) -> Reference | None:
    """Return the first reference in a value to an attribute that is an address of the web."""
    for reference in references_in(value):
        for resource in graph.find(reference.address):
            if reference.path and reference.path[-1] in URLS.get(resource.type, ()):
                return reference
    return None


def function_url_in(graph: Graph, value: Value) -> Resource | None:
    """Return the function URL that a value is made of."""
    for reference in references_in(value):
        for resource in graph.find(reference.address):
            if resource.type == "aws_lambda_function_url":
                return resource
    return None
