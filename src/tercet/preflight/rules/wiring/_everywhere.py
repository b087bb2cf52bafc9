"""Arguments that mean the same wherever they stand, and name another resource: ``subnet_id``, ``role_arn``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Block, Graph, Resource
from tercet.preflight.rule import Problem
from tercet.preflight.rules.wiring._namings import NAMES_TOO, NAMINGS, SHORT_NAMES, Naming
from tercet.preflight.values import Reference, Text, Value, shown

_MOST_LEVELS: Final = 6
_ATTRIBUTES: Final = frozenset(
    ("arn", "cidr_block", "dns_name", "family", "id", "name", "name_prefix", "public_ip", "repository_url", "unique_id")
)


def misnamed(graph: Graph) -> Iterator[Problem]:
    """Go through the arguments, and find those that are given another attribute than they take."""
    for resource in graph.managed:
        if resource.type.startswith("aws_"):
            yield from _block(resource, _MOST_LEVELS)


def _block(block: Block, levels: int) -> Iterator[Problem]:
    for name, value in block.values.items():
        if (known := NAMINGS.get(name)) is not None and (block.owner.type, name) not in NAMES_TOO:
            yield from _argument(block, name, value, known)
        elif levels and isinstance(value, list | dict):
            for index, inside in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(inside, dict):
                    path = f"{name}[{index}]" if isinstance(value, list) else name
                    yield from _block(Block(block.owner, block.named(path), inside), levels - 1)


def _argument(block: Block, name: str, value: Value, known: dict[str, Naming]) -> Iterator[Problem]:
    for item in value if isinstance(value, list) else [value]:
        if (found := _named(block, item)) is None:
            continue
        target, attribute = found
        naming = known.get(target.type)
        if naming is None or attribute in naming.attributes:
            continue
        if name == "repository" and not block.owner.type.startswith("aws_ecr_"):
            continue
        if attribute in _ATTRIBUTES and not (name in SHORT_NAMES and isinstance(item, Reference)):
            yield _problem(block, name, item, target, attribute, naming)
            return


def _named(block: Block, item: Value) -> tuple[Resource, str] | None:
    """Return the resource that a value names, and by which attribute."""
    references = item.references if isinstance(item, Text) else (item,) if isinstance(item, Reference) else ()
    if len(references) != 1 or len(references[0].path) != 1:
        return None
    attribute = str(references[0].path[0])
    found = block.owner.graph.find(references[0].address)
    if not found or found[0].mode != "managed":
        return None
    if isinstance(item, Text) and str(item) != str(found[0].value(attribute)):
        return None  # made of the attribute, and something else
    return found[0], attribute


def _problem(block: Block, name: str, item: Value, target: Resource, attribute: str, naming: Naming) -> Problem:
    right = f"{target.address}.{naming.attributes[0]}"
    return Problem(
        block,
        name,
        f"{block.named(name)} is the {attribute} of {target.address}, where its {naming.attributes[0]} belongs.",
        fix=f"Write {right}.",
        aws_error=naming.error.replace("<argument>", name).replace("<value>", shown(item, 80)),
        also={"reference": f"{target.address}.{attribute}"},
    )
