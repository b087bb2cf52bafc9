"""Tags that a resource has from its provider."""

from __future__ import annotations

from collections.abc import Mapping

from tercet.preflight.graph import Resource
from tercet.preflight.memory import remembered
from tercet.preflight.values import Value


def default_tags(resource: Resource) -> Value:
    """Return the default tags of a resource's provider; {} where it has none."""
    graph = resource.graph

    def all_of_them() -> Mapping[str, Value]:
        return {one.address: one.values.get("default_tags") for one in graph.providers}

    block = remembered(graph, "default-tags", all_of_them).get(resource.provider)
    if isinstance(block, list) and len(block) == 1:
        block = block[0]
    if block is None:
        return {}
    return block.get("tags") or {} if isinstance(block, dict) else block
