"""Which arguments of networks and instances the provider takes together, and which of them it wants one of.

The provider's published schema does not say it; it stands in its code (ExactlyOneOf, AtLeastOneOf, ConflictsWith).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Choice:
    """Arguments of which some exclude the others, or of which one is needed.

    Parameters
    ----------
    names
        The arguments.
    needed
        Whether one has to be there.
    alone
        Whether only one may be there.
    block
        The block in which they are; empty for the resource.
    missing
        What AWS answers where none is there, if it is not the provider that looks.
    """

    names: tuple[str, ...]
    needed: bool = False
    alone: bool = True
    block: str = ""
    missing: str = ""


_ROUTE_TO: Final = (
    "carrier_gateway_id",
    "core_network_arn",
    "egress_only_gateway_id",
    "gateway_id",
    "local_gateway_id",
    "nat_gateway_id",
    "network_interface_id",
    "odb_network_arn",
    "transit_gateway_id",
    "vpc_endpoint_id",
    "vpc_peering_connection_id",
)
_NAMES: Final = Choice(("name", "name_prefix"))
_PEER: Final = Choice(("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"), needed=True)
_OF_RULE: Final = ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "self", "source_security_group_id")
_WITH_INTERFACE: Final = tuple(
    Choice((name, "network_interface"))
    for name in ("associate_public_ip_address", "private_ip", "security_groups", "subnet_id", "vpc_security_group_ids")
)

CHOICES: Final[dict[str, tuple[Choice, ...]]] = {
    "aws_autoscaling_attachment": (Choice(("elb", "lb_target_group_arn"), needed=True),),
    "aws_autoscaling_group": (
        _NAMES,
        Choice(
            ("availability_zones", "vpc_zone_identifier"),
            needed=True,
            missing="ValidationError: At least one Availability Zone or VPC Subnet is required.",
        ),
        Choice(("launch_configuration", "launch_template", "mixed_instances_policy"), needed=True),
        Choice(("id", "name"), needed=True, block="launch_template"),
    ),
    "aws_ebs_volume": (Choice(("size", "snapshot_id"), needed=True, alone=False),),
    "aws_eks_node_group": (
        Choice(("node_group_name", "node_group_name_prefix")),
        Choice(("max_unavailable", "max_unavailable_percentage"), needed=True, block="update_config"),
        Choice(("id", "name"), needed=True, block="launch_template"),
    ),
    "aws_flow_log": (
        Choice(
            (
                "eni_id",
                "regional_nat_gateway_id",
                "subnet_id",
                "transit_gateway_attachment_id",
                "transit_gateway_id",
                "vpc_id",
            ),
            needed=True,
        ),
    ),
    "aws_instance": (
        Choice(("ami", "launch_template"), needed=True, alone=False),
        Choice(("instance_type", "launch_template"), needed=True, alone=False),
        Choice(("user_data", "user_data_base64")),
        *_WITH_INTERFACE,
    ),
    "aws_launch_template": (
        _NAMES,
        Choice(("security_group_names", "vpc_security_group_ids")),
        Choice(("instance_requirements", "instance_type")),
        Choice(("default_version", "update_default_version")),
        Choice(("arn", "name"), block="iam_instance_profile"),
    ),
    "aws_lb": (_NAMES, Choice(("subnet_mapping", "subnets"), needed=True)),
    "aws_lb_target_group": (_NAMES,),
    "aws_route": (
        Choice(
            ("destination_cidr_block", "destination_ipv6_cidr_block", "destination_prefix_list_id"),
            needed=True,
        ),
        Choice((*_ROUTE_TO, "instance_id"), needed=True),
    ),
    "aws_route_table_association": (Choice(("gateway_id", "subnet_id"), needed=True),),
    "aws_security_group": (_NAMES,),
    "aws_security_group_rule": (
        Choice(_OF_RULE, needed=True, alone=False),
        Choice(("self", "source_security_group_id")),
        Choice(("cidr_blocks", "source_security_group_id")),
        Choice(("cidr_blocks", "self")),
    ),
    "aws_vpc_security_group_egress_rule": (_PEER,),
    "aws_vpc_security_group_ingress_rule": (_PEER,),
}

BY_FRAMEWORK: Final = frozenset(("aws_vpc_security_group_egress_rule", "aws_vpc_security_group_ingress_rule"))
"""Whose errors are worded in another way."""
