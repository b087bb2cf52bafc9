"""A range whose address is not the first of its network."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Value

_ARGUMENTS = ("cidr_block", "cidr_blocks", "destination_cidr_block", "cidr_ipv4")
_BLOCKS = ("ingress", "egress")

RULE = Rule(
    id="cidr-host-bits",
    title="An address range has bits set beyond its prefix",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`10.0.1.5/24` is an address in a network, not a network. The provider refuses it while it plans, for the "
        "ranges of VPCs, subnets, routes and security group rules."
    ),
    aws_error='"<range>" is not a valid IPv4 CIDR block; did you mean "<network>"?',
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
        "https://github.com/renderedtext/snippets/issues/35",
    ),
    resources=(
        "aws_vpc",
        "aws_subnet",
        "aws_route",
        "aws_security_group",
        "aws_security_group_rule",
        "aws_vpc_security_group_ingress_rule",
        "aws_vpc_security_group_egress_rule",
    ),
    failing="""
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.1.5/24"
}
""",
    passing="""
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.1.0/24"
}
""",
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Look at every range that is known."""
    del context
    blocks: list[Block] = [resource]
    if resource.type == "aws_security_group":
        for name in _BLOCKS:
            blocks += resource.blocks(name)
    for block in blocks:
        for argument in _ARGUMENTS:
            value = block.value(argument)
            for one in value if isinstance(value, list) else [value]:
                if (network := _meant(one)) is not None:
                    yield Problem(
                        block,
                        argument,
                        f"{argument} {one} is an address in {network}, not a network: the plan stops.",
                        fix=f"Write {network}.",
                        aws_error=_error(resource, argument, str(one), network),
                    )


def _meant(value: Value) -> str | None:
    if not isinstance(value, str) or "/" not in value:
        return None
    try:
        network = ipaddress.IPv4Network(str(value), strict=False)
        address = ipaddress.IPv4Address(str(value).split("/", 1)[0])
    except ValueError:
        return None
    return str(network) if address != network.network_address else None


def _error(resource: Resource, argument: str, given: str, network: str) -> str:
    if resource.type == "aws_vpc":
        return f"expected cidr_block to contain a valid network Value, expected {network}, got {given}"
    if argument == "cidr_ipv4":
        return f"Attribute cidr_ipv4 value must be a valid IPv4 CIDR that represents a network address, got: {given}"
    return f'"{given}" is not a valid IPv4 CIDR block; did you mean "{network}"?'
