"""In which VPC something certainly is, and whether two things certainly are in different ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Block, Resource
from tercet.preflight.network import vpc_of
from tercet.preflight.values import Reference, Text

GROUPS: Final = ("aws_security_group", "aws_default_security_group")
SUBNETS: Final = ("aws_subnet", "aws_default_subnet")
DEFAULT: Final = "the account's default VPC"


def certain(block: Block, argument: str, *types: str) -> Iterator[Resource]:
    """Go through the resources that the items of an argument name for certain; what may be another is left out."""
    value = block.value(argument)
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Reference | Text):
            found = block.owner.graph.resolve(item, types)
            if len({one.block_address for one in found}) == 1 and found[0].mode == "managed":
                yield found[0]


def vpc_name(resource: Resource) -> str | None:
    """Name the VPC of a resource: its address, its id, or the default one; None where that is not known."""
    if resource.type in ("aws_default_subnet", "aws_default_vpc"):
        return DEFAULT
    value = resource.value("vpc_id")
    if value is None:
        # Null may come from a variable that a caller sets.
        return DEFAULT if resource.type == "aws_security_group" and "vpc_id" not in resource.values else None
    if isinstance(value, str) and not isinstance(value, Text):
        return str(value)
    if not isinstance(value, Reference | Text):
        return None
    vpc = vpc_of(resource)
    if vpc is None or vpc.many:
        return None
    if vpc.mode != "managed":
        # What a data source finds may be the VPC that is made here.
        return DEFAULT if vpc.value("default") is True else None
    return DEFAULT if vpc.type == "aws_default_vpc" else vpc.address


def differ(one: str | None, other: str | None) -> bool:
    """Tell whether two names are certainly of two VPCs: an id and an address, or the default one, may be the same."""
    if one is None or other is None or one == other:
        return False
    return ("vpc-" in one[:4]) == ("vpc-" in other[:4]) or not ("vpc-" in one[:4] or "vpc-" in other[:4])
