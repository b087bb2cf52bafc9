"""Which resources stand where: the subnets that something names, the VPC of a subnet."""

from __future__ import annotations

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.values import Reference, Unknown, Value, references_in, shown

SUBNETS = ("aws_subnet", "aws_default_subnet")
VPCS = ("aws_vpc", "aws_default_vpc")


def subnets_in(block: Block, argument: str) -> list[Resource]:
    """Return the subnets that an argument names, all of them.

    Where only the references of a list are known, as in a plan, these are all that it can name.

    Raises
    ------
    Undecidable
        One of them is not in the configuration.
    """
    return members(block, argument, *SUBNETS)


def members(block: Block, argument: str, *types: str) -> list[Resource]:
    """Return the resources, of these types, that the items of an argument name, each once.

    Raises
    ------
    Undecidable
        An item names none of them, or how many there are is not known.
    """
    value = block.value(argument)
    graph = block.owner.graph
    if isinstance(value, Unknown) and value.references:
        items: list[Value] = list(value.references)
    elif isinstance(value, Reference):
        items = [value]
    else:
        items = block.items(argument)
    found: dict[str, Resource] = {}
    for item in items:
        named = graph.resolve(item, types)
        if not named:
            raise Undecidable(block.named(argument), f"{shown(item)} is not in the configuration")
        for one in named:
            if one.many:
                raise Undecidable(block.named(argument), f"how many {one.block_address} there are is not known")
            found[one.address] = one
    return list(found.values())


def vpc_of(block: Block, argument: str = "vpc_id") -> Resource | None:
    """Return the VPC that an argument names, through an association of ranges too; None where it is elsewhere."""
    if (vpc := block.target(argument, *VPCS)) is not None:
        return vpc
    through = block.target(argument, "aws_vpc_ipv4_cidr_block_association", "aws_internet_gateway", *SUBNETS)
    if through is not None and any(reference.path == ("vpc_id",) for reference in references_in(block.value(argument))):
        if through.mode == "data":  # a subnet that is looked up by its id
            through = through.target("id", *SUBNETS)
        return None if through is None else through.target("vpc_id", *VPCS)
    return None
