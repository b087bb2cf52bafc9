"""What kind of source an event source mapping reads."""

from __future__ import annotations

from typing import Final

from tercet.preflight.graph import Resource

_TYPES: Final = {
    "aws_sqs_queue": "sqs",
    "aws_kinesis_stream": "kinesis",
    "aws_kinesis_stream_consumer": "kinesis",
    "aws_dynamodb_table": "dynamodb",
}
_SERVICES: Final = frozenset(("sqs", "kinesis", "dynamodb", "kafka", "mq"))

STREAMS: Final = frozenset(("kinesis", "dynamodb"))


def kind_of_source(mapping: Resource) -> str | None:
    """Return ``sqs``, ``kinesis``, ``dynamodb``, ``kafka`` or ``mq``; None where nothing tells.

    Raises
    ------
    Undecidable
        The source's ARN is not known, nor what it refers to.
    """
    # What a data source finds is of a kind too.
    kinds = {_TYPES[source.type] for source in mapping.targets("event_source_arn", *_TYPES)}
    if len(kinds) == 1:
        return kinds.pop()
    if not mapping.has("event_source_arn"):
        return None
    service = (mapping.text("event_source_arn") or "").split(":")[2:3]
    return service[0] if service and service[0] in _SERVICES else None
