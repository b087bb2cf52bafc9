"""What runs code in subnets, and in which."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.graph import Block, Graph, Resource, Undecidable
from tercet.preflight.network import subnets_in, vpc_of

COMPUTE = ("aws_lambda_function", "aws_ecs_service", "aws_autoscaling_group")


def placed(resource: Resource) -> tuple[Block, str] | None:
    """Return the block and the argument that say in which subnets something computes; None where nothing does."""
    if resource.type == "aws_lambda_function":
        block = resource.block("vpc_config")
        return (block, "subnet_ids") if block is not None else None
    if resource.type == "aws_ecs_service":
        block = resource.block("network_configuration")
        return (block, "subnets") if block is not None else None
    return (resource, "vpc_zone_identifier") if resource.has("vpc_zone_identifier") else None


def subnets_of_compute(resource: Resource) -> list[Resource]:
    """Return the subnets that something computes in; empty where it is in no VPC.

    Raises
    ------
    Undecidable
        One of them is not in the configuration.
    """
    where = placed(resource)
    return subnets_in(*where) if where is not None else []


def computing_in(graph: Graph, vpc: Resource) -> Iterator[tuple[Resource, list[Resource]]]:
    """Go through what computes in a VPC, with its subnets; what cannot be placed is left out."""
    for resource in graph.of_type(*COMPUTE):
        try:
            subnets = subnets_of_compute(resource)
        except Undecidable:
            continue
        if subnets and vpc_of(subnets[0]) is vpc:
            yield resource, subnets
