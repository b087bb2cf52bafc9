"""Resources side by side with the provider's schema of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Block, Graph, Resource
from tercet.preflight.knowledge.schema import BlockSchema, ResourceSchema, schema_of, versions
from tercet.preflight.rule import Context
from tercet.preflight.values import Value
from tercet.preflight.versions import Versions

META: Final = frozenset(
    {"//", "connection", "count", "depends_on", "dynamic", "for_each", "lifecycle", "provider", "provisioner"}
)
"""What Terraform itself reads, in any resource."""

_COMMENT: Final = frozenset({"//"})


def generations(asked: Versions) -> tuple[int, ...]:
    """Return which of the generations that the data knows may run the configuration, the newest last."""
    return tuple(one for one in versions() if asked.aws_may_be((one, 0, 0)) and asked.aws_may_be_below((one + 1, 0, 0)))


def of_aws(graph: Graph) -> Iterator[Resource]:
    """Go through the resources and data sources of the AWS provider, each block of the configuration once.

    A plan holds every attribute, also those that the provider has made up, and was accepted by the provider already:
    there is nothing to be asked there.
    """
    if graph.kind == "plan":
        return
    seen: set[str] = set()
    for resource in graph.resources.values():
        if resource.type.startswith("aws_") and resource.block_address not in seen:
            seen.add(resource.block_address)
            yield resource


def with_schema(graph: Graph, context: Context) -> Iterator[tuple[Resource, ResourceSchema]]:
    """Go through the resources whose type is known to a generation that may run the configuration."""
    admitted = set(generations(context.versions))
    for resource in of_aws(graph):
        schema = schema_of(resource.type, resource.mode)
        if schema and admitted & set(schema.generations):
            yield resource, schema


def blocks(resource: Resource, schema: ResourceSchema) -> Iterator[tuple[Block, BlockSchema, BlockSchema | None]]:
    """Go through a resource and the known blocks in it: each with its schema and that of the block around it."""
    waiting: list[tuple[Block, BlockSchema, BlockSchema | None]] = [(resource, schema, None)]
    while waiting:
        block, its_schema, around = waiting.pop()
        yield block, its_schema, around
        present = [(name, nested) for name, nested in its_schema.blocks.items() if name in block.values]
        for name, nested in reversed(present):
            waiting.extend((inside, nested, its_schema) for inside in reversed(bodies(block, name)))


def bodies(block: Block, name: str) -> list[Block]:
    """Return the blocks of a name whose contents are known; JSON may write one as an object, or a list of them."""
    value = block.values.get(name)
    if isinstance(value, dict):
        return [Block(block.owner, block.named(name), value)]
    found = []
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            found.append(Block(block.owner, block.named(f"{name}[{index}]"), item))
    return found


def how_many(value: Value) -> int | None:
    """Count the blocks that a value stands for; None where that is not known.

    None of them, or null, is mostly a variable's default, which a file of values may replace.
    """
    if isinstance(value, dict):
        return 1
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return len(value)
    return None


def names(graph: Graph, context: Context) -> Iterator[tuple[Block, str, BlockSchema, BlockSchema | None]]:
    """Go through every name that is given a value: its block, the name, the block's schema, that of the one around."""
    for resource, schema in with_schema(graph, context):
        for block, its_schema, around in blocks(resource, schema):
            ignored = META if block is resource else _COMMENT
            for name, value in block.values.items():
                if value is not None and name not in ignored:
                    yield block, name, its_schema, around


def where(block: Block) -> str:
    """Name the type, or the block in it, for a message: ``rule[0].copy_action of aws_backup_plan``."""
    return f"{block.path} of {block.owner.type}" if block.path else block.owner.type
