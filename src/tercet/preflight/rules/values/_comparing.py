"""Every argument of a configuration beside what the API accepts for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tercet.preflight.graph import Block, Graph, Resource
from tercet.preflight.knowledge.schema import schema_of
from tercet.preflight.knowledge.shapes import Member, Shape, mapped_types, members_of
from tercet.preflight.memory import remembered
from tercet.preflight.values import Value


@dataclass(frozen=True, slots=True)
class Given:
    """A value that is given to an argument of which something is known.

    Parameters
    ----------
    block
        Where it stands.
    argument
        Its name in the block.
    path
        Its name from the resource on, without indices: ``rule.lifecycle.delete_after``.
    value
        What it is; of a list, the whole of it and each item in turn.
    shape
        What the API accepts.
    member
        The argument's counterpart in the API.
    """

    block: Block
    argument: str
    path: str
    value: Value
    shape: Shape
    member: Member

    @property
    def required(self) -> bool:
        """Whether the argument has to be there: a zero is then a zero, and not the lack of a value."""
        *blocks, name = self.path.split(".")
        schema = schema_of(self.block.owner.type)
        holder = schema.at(".".join(blocks)) if schema else None
        argument = holder.arguments.get(name) if holder else None
        return argument is not None and any(map(argument.required, argument.flags))

    @property
    def is_set(self) -> bool:
        """Whether it is a set, which holds each item once."""
        *blocks, name = self.path.split(".")
        schema = schema_of(self.block.owner.type)
        holder = schema.at(".".join(blocks)) if schema else None
        argument = holder.arguments.get(name) if holder else None
        return argument is not None and argument.kind.startswith("set")


def given(graph: Graph) -> list[Given]:
    """List every value for which the API's constraints are known, once for a graph."""
    return remembered(graph, "values-given", lambda: list(_all(graph)))


def _all(graph: Graph) -> Iterator[Given]:
    mapped = mapped_types()
    seen: set[str] = set()
    for resource in graph.managed:
        if resource.type in mapped:
            for one in _of(resource):
                # Instances of one block mostly say the same: once is enough, unless their values differ.
                key = f"{resource.block_address}\0{one.block.path}\0{one.argument}\0{one.value!r}"
                if key not in seen:
                    seen.add(key)
                    yield one


def _of(resource: Resource) -> Iterator[Given]:
    for argument, (member, steps) in _steps(resource.type).items():
        if steps[0] not in resource.values:
            continue
        for block in _blocks(resource, steps[:-1]):
            value = block.values.get(steps[-1])
            if value is not None and not _is_wider(resource, argument):
                yield from _with_items(block, steps[-1], argument, value, member)


def _is_wider(resource: Resource, argument: str) -> bool:
    """Tell whether the service takes more than its model says: a user pool's own domain is a whole host name."""
    return (resource.type, argument) == ("aws_cognito_user_pool_domain", "domain") and resource.has("certificate_arn")


@cache
def _steps(kind: str) -> Mapping[str, tuple[Member, list[str]]]:
    return {argument: (member, argument.split(".")) for argument, member in members_of(kind).items()}


def _with_items(block: Block, name: str, path: str, value: Value, member: Member) -> Iterator[Given]:
    if member.shape.kind != "list":
        yield Given(block, name, path, value, member.shape, member)
        return
    if isinstance(value, list):
        yield Given(block, name, path, value, member.shape, member)
        if member.shape.item:
            for item in value:
                yield Given(block, name, path, item, member.shape.item, member)


def _blocks(resource: Block, steps: list[str]) -> list[Block]:
    here = [resource]
    for step in steps:
        here = [inside for block in here for inside in _inside(block, step)]
    return here


def _inside(block: Block, name: str) -> list[Block]:
    value = block.values.get(name)
    if isinstance(value, dict):
        return [Block(block.owner, block.named(name), value)]
    items = enumerate(value) if isinstance(value, list) else ()
    return [Block(block.owner, block.named(f"{name}[{index}]"), one) for index, one in items if isinstance(one, dict)]


def text_of(value: Value) -> str | None:
    """Return a value as Terraform writes it into a string; None where it is not known, or empty."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value) if isinstance(value, str) and value and "${" not in value else None


def number_of(value: Value) -> float | None:
    """Return a value as a number, digits in a string too; None where it is none that is known."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e18 else None


def plain(number: float) -> str:
    """Write a bound without needless decimals."""
    return str(int(number)) if float(number).is_integer() else str(number)
