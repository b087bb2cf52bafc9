"""What an argument points to, where that is certain: one resource that this configuration makes."""

from __future__ import annotations

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.values import Unknown


def made(block: Block, argument: str, *types: str) -> list[Resource]:
    """Return the resources, of these types, that an argument refers to and that the configuration makes.

    What a data source finds is made elsewhere: its arguments are not known.
    """
    return [one for one in block.targets(argument, *types) if one.mode == "managed"]


def the_one(block: Block, argument: str, *types: str) -> Resource | None:
    """Return the resource, of these types, that an argument points to; None where it is made elsewhere.

    Raises
    ------
    Undecidable
        It may be one of several, or none of them.
    """
    found = made(block, argument, *types)
    value = block.value(argument)
    if found and isinstance(value, Unknown) and not _is_of(found, value):
        raise Undecidable(block.named(argument), value.because)
    if len(found) > 1:
        raise Undecidable(block.named(argument), f"it may be {found[0].address} or {found[1].address}")
    return found[0] if found else None


def require_written(block: Block, argument: str, *types: str) -> None:
    """Make sure that it is known what is written around a reference to a resource of these types.

    Raises
    ------
    Undecidable
        It is a plan, which does not say: ``"${aws_cloudwatch_log_group.a.arn}:*"`` is listed as the ARN alone is.
    """
    value = block.value(argument)
    if isinstance(value, Unknown) and block.owner.graph.kind == "plan" and made(block, argument, *types):
        raise Undecidable(block.named(argument), f"a plan does not say what is written around {value.references[0]}")


def _is_of(found: list[Resource], value: Unknown) -> bool:
    """Tell whether an argument of a plan is made of these resources and of nothing else.

    A plan does not say what is written around a reference. What is of one function may be its ARN, or that with an
    alias behind it: the function is the same.
    """
    graph = found[0].graph
    return graph.kind == "plan" and all(graph.find(one.address) == found for one in value.references)


def is_another(block: Block, argument: str) -> bool:
    """Tell whether an argument points to resources that this configuration makes, of whatever type."""
    found = block.owner.graph.resolve(block.value(argument))
    return bool(found) and all(one.mode == "managed" for one in found)


def is_open(block: Block, argument: str) -> bool:
    """Tell whether an argument may point to anything: it is neither known nor refers to a resource at hand."""
    value = block.value(argument)
    return value is not None and not isinstance(value, str) and not block.owner.graph.resolve(value)
