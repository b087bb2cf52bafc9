"""Event source mappings: the function, its role, and where events come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Resource
from tercet.preflight.policies import RolePermissions, functions_of
from tercet.preflight.rules.wiring._roles import permissions_at
from tercet.preflight.values import Template, shown

_SOURCES: Final = {
    "sqs": ("aws_sqs_queue",),
    "kinesis": ("aws_kinesis_stream",),
    "dynamodb": ("aws_dynamodb_table",),
}


@dataclass(frozen=True)
class Trigger:
    """A mapping of which the function's role is made here."""

    mapping: Resource
    function: Resource
    permissions: RolePermissions
    source: Resource | str
    """The queue, stream or table, or an ARN."""

    @property
    def named(self) -> str:
        """What a message calls the source."""
        return self.source.address if isinstance(self.source, Resource) else shown(self.source)


def triggers(mapping: Resource, service: str) -> Iterator[Trigger]:
    """Go through the functions of a mapping whose events come from a service."""
    value = mapping.value("event_source_arn")
    sources: list[Resource] | list[str] = mapping.targets("event_source_arn", *_SOURCES[service])
    if not sources:
        text = value.literal if isinstance(value, Template) else value
        if not (isinstance(text, str) and text.startswith("arn:") and f":{service}:" in text):
            return
        sources = [str(value)] if isinstance(value, str) else []
    for function in functions_of(mapping, "function_name"):
        permissions = permissions_at(function)
        if permissions is not None:
            for source in sources:
                yield Trigger(mapping, function, permissions, source)
