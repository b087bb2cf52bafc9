"""What has a part in the zone of each of its subnets, and goes on with those that are left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.network import subnets_in, zone_of_subnet
from tercet.preflight.zones.asking import Asking
from tercet.preflight.zones.model import Component, Layer
from tercet.preflight.zones.spread import Spread


@dataclass(frozen=True, slots=True)
class Kind:
    """How resources of one type are placed.

    Parameters
    ----------
    layer, what
        Where it stands, and what it is.
    block
        The block that names the subnets, and is there once or for each; empty where the resource itself names them.
    argument
        The argument that names them.
    reported_by
        The rule that reports its loss; None where ``zone-loss`` does.
    """

    layer: Layer
    what: str
    block: str
    argument: str
    reported_by: str | None = None


KINDS: Final[dict[str, Kind]] = {
    "aws_apigatewayv2_vpc_link": Kind(Layer.ENTRY, "VPC link", "", "subnet_ids"),
    "aws_apprunner_vpc_connector": Kind(Layer.COMPUTE, "VPC connector", "", "subnets"),
    "aws_directory_service_directory": Kind(Layer.NETWORK, "Directory", "vpc_settings", "subnet_ids"),
    "aws_ec2_transit_gateway_vpc_attachment": Kind(
        Layer.NETWORK, "Transit gateway attachment", "", "subnet_ids", "tgw-zone-without-attachment"
    ),
    "aws_eks_fargate_profile": Kind(Layer.COMPUTE, "Fargate profile", "", "subnet_ids"),
    "aws_mwaa_environment": Kind(Layer.COMPUTE, "Airflow environment", "network_configuration", "subnet_ids"),
    "aws_networkfirewall_firewall": Kind(Layer.NETWORK, "Network firewall", "subnet_mapping", "subnet_id"),
    "aws_route53_resolver_endpoint": Kind(Layer.DNS, "Resolver endpoint", "ip_address", "subnet_id"),
}

_THEN: Final = "It goes on in the zones that are left."


def placed(asking: Asking) -> Iterator[Component]:
    """Go through what is placed by its subnets."""
    for kind, how in KINDS.items():
        for resource in asking.graph.of_type(kind):
            try:
                zones = [zone_of_subnet(subnet) for subnet in _subnets(resource, how)]
            except Undecidable as reason:
                yield asking.undecidable(resource, how.layer, how.what, reason)
                continue
            spread = Spread(resource.address, "has a part in", zones, "part", _THEN)
            yield asking.component(resource, how.layer, how.what, spread.without, reported_by=how.reported_by)


def _subnets(resource: Resource, how: Kind) -> list[Resource]:
    blocks: list[Block] = resource.blocks(how.block) if how.block else [resource]
    found = [subnet for block in blocks for subnet in subnets_in(block, how.argument)]
    if not found:
        raise Undecidable(how.argument, f"the subnets of {resource.address} are not in the configuration")
    return found
