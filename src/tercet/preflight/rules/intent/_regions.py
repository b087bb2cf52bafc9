"""Where a resource's own arguments say that it, or a copy of it, is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tercet.preflight.documents import decode
from tercet.preflight.graph import Block, Resource
from tercet.preflight.values import Value, walk

_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+){1,2}-\d")
_ZONE: Final = re.compile(r"([a-z]{2}(?:-[a-z]+){1,2}-\d)(?:-[a-z]{3}-\d)?[a-z]")

_REGIONS: Final = frozenset(
    (
        "cloudwatch_alarm_region",
        "destination_region",
        "endpoint_group_region",
        "peer_region",
        "region",
        "region_name",
        "replica_region",
        "source_region",
        "vpc_region",
    )
)
_ZONES: Final = frozenset(("availability_zone", "availability_zones"))
_ARNS: Final = frozenset(
    (
        "destination_vault_arn",
        "global_table_arn",
        "primary_key_arn",
        "replicate_source_db",
        "replication_source_identifier",
        "source_db_cluster_identifier",
        "source_db_instance_arn",
    )
)
_FREE: Final = frozenset(
    (
        "container_definitions",
        "default_tags",
        "dimensions",
        "environment",
        "environment_variables",
        "input",
        "metadata",
        "parameters",
        "tags",
        "tags_all",
        "triggers",
        "triggers_replace",
        "variables",
    )
)
"""Maps whose keys are the user's own."""

_DEPTH: Final = 12
_MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Mention:
    """An argument that names a region."""

    block: Block
    argument: str
    text: str
    region: str


def mentions(resource: Resource) -> Iterator[Mention]:
    """List what in a resource names a region, block by block."""
    stack: list[tuple[Block, int]] = [(resource, _DEPTH)]
    left = _MOST
    while stack and left:
        left -= 1
        block, depth = stack.pop()
        for name, value in block.values.items():
            if name in _FREE:
                continue
            yield from _named(block, name, value)
            if depth:
                stack.extend((inner, depth - 1) for inner in _inside(block, name, value))
    if resource.type == "aws_cloudwatch_dashboard":
        yield from _of_dashboard(resource)


def _named(block: Block, name: str, value: Value) -> Iterator[Mention]:
    for text in value if isinstance(value, list) else [value]:
        if not isinstance(text, str):
            continue
        if name in _REGIONS and _REGION.fullmatch(text):
            yield Mention(block, name, text, str(text))
        elif name in _ZONES and (match := _ZONE.fullmatch(text)):
            yield Mention(block, name, text, match.group(1))
        elif name in _ARNS and text.startswith("arn:") and text.count(":") >= 5 and text.split(":")[3]:
            yield Mention(block, name, text, text.split(":")[3])


def _inside(block: Block, name: str, value: Value) -> Iterator[Block]:
    path = f"{block.path}.{name}" if block.path else name
    if isinstance(value, Mapping):
        yield Block(block.owner, path, value)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, Mapping):
                yield Block(block.owner, f"{path}[{index}]", item)


def _of_dashboard(dashboard: Resource) -> Iterator[Mention]:
    seen: set[str] = set()
    for one in walk(decode(dashboard.value("dashboard_body"))):
        region = one.get("region") if isinstance(one, dict) else None
        if isinstance(region, str) and _REGION.fullmatch(region) and region not in seen:
            seen.add(region)
            yield Mention(dashboard, "dashboard_body", "a widget of metrics", str(region))
