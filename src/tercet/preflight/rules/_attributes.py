"""Which attribute of a resource an argument is given: its ARN, its name, its address, or what calls it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tercet.preflight.graph import Graph, Resource
from tercet.preflight.values import Reference, Text, Value

ARN: Final = "arn"
NAME: Final = "name"
URL: Final = "url"
INVOKE: Final = "invoke_arn"
VERSIONLESS: Final = "layer_arn"

KINDS: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "aws_cloudwatch_event_rule": {ARN: frozenset(("arn",)), NAME: frozenset(("name",))},
    "aws_cloudwatch_log_group": {ARN: frozenset(("arn",)), NAME: frozenset(("name", "id"))},
    "aws_dynamodb_table": {ARN: frozenset(("arn", "stream_arn")), NAME: frozenset(("name", "id"))},
    "aws_iam_policy": {ARN: frozenset(("arn", "id")), NAME: frozenset(("name",))},
    "aws_iam_role": {ARN: frozenset(("arn",)), NAME: frozenset(("name", "id"))},
    "aws_kinesis_firehose_delivery_stream": {ARN: frozenset(("arn", "id")), NAME: frozenset(("name",))},
    "aws_kinesis_stream": {ARN: frozenset(("arn", "id")), NAME: frozenset(("name",))},
    "aws_lambda_alias": {ARN: frozenset(("arn", "id")), NAME: frozenset(("name",)), INVOKE: frozenset(("invoke_arn",))},
    "aws_lambda_function": {
        ARN: frozenset(("arn", "qualified_arn")),
        NAME: frozenset(("function_name", "id")),
        INVOKE: frozenset(("invoke_arn", "qualified_invoke_arn", "response_streaming_invoke_arn")),
    },
    "aws_lambda_layer_version": {
        ARN: frozenset(("arn", "id")),
        NAME: frozenset(("layer_name",)),
        VERSIONLESS: frozenset(("layer_arn",)),
    },
    "aws_s3_bucket": {ARN: frozenset(("arn",)), NAME: frozenset(("bucket", "id"))},
    "aws_sfn_state_machine": {ARN: frozenset(("arn", "id")), NAME: frozenset(("name",))},
    "aws_sns_topic": {ARN: frozenset(("arn", "id")), NAME: frozenset(("name",))},
    "aws_sqs_queue": {ARN: frozenset(("arn",)), NAME: frozenset(("name",)), URL: frozenset(("id", "url"))},
}
"""Type → kind of attribute → the attributes of that kind. What is not listed is of no kind."""

BEST: Final[Mapping[str, Mapping[str, str]]] = {
    "aws_lambda_function": {NAME: "function_name"},
    "aws_s3_bucket": {NAME: "id"},
    "aws_sqs_queue": {URL: "id"},
}
"""Where the attribute to write is not called as its kind."""


def attribute_given(graph: Graph, value: Value) -> Iterator[tuple[Resource, str, str]]:
    """Return the resource that a value is an attribute of, wholly, with the attribute and its kind.

    Nothing where more is written around the reference, or where that cannot be told, as in a plan.
    """
    for reference in _whole(graph, value):
        for resource in graph.find(reference.address)[:1]:
            if resource.mode != "managed" or len(reference.path) != 1:
                continue
            attribute = str(reference.path[0])
            if isinstance(value, Text) and resource.value(attribute) != value and not _is_own_name(resource, value):
                continue  # text with the name somewhere in it
            for kind, attributes in KINDS.get(resource.type, {}).items():
                if attribute in attributes:
                    yield resource, attribute, kind


def _whole(graph: Graph, value: Value) -> tuple[Reference, ...]:
    if graph.kind == "plan":
        return ()
    if isinstance(value, Reference):
        return (value,)
    return value.references if isinstance(value, Text) and len(value.references) == 1 else ()


def _is_own_name(resource: Resource, value: Text) -> bool:
    """Tell whether a text is what ``id`` is, where that is the resource's name."""
    names = KINDS.get(resource.type, {}).get(NAME, frozenset())
    return any(resource.value(name) == value for name in names)
