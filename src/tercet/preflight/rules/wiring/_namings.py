"""By which attribute of a resource an argument names it: its identifier, its ARN or its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Naming:
    """How an argument names a resource.

    Parameters
    ----------
    attributes
        Those that it takes; the first one is what to write.
    error
        What AWS or the provider answers to another.
    """

    attributes: tuple[str, ...]
    error: str


_ID: Final = ("id",)
_ARN: Final = ("arn",)
_NAME: Final = ("name", "id")
_EITHER: Final = ("arn", "id")

_SUBNET: Final = {"aws_subnet": Naming(_ID, "InvalidSubnetID.NotFound: The subnet ID '<value>' does not exist")}
_GROUP: Final = {
    "aws_security_group": Naming(_ID, 'InvalidGroupId.Malformed: Invalid id: "<value>" (expecting "sg-...")')
}
_ROLE: Final = {"aws_iam_role": Naming(_ARN, '"<argument>" (<value>) is an invalid ARN: arn: invalid prefix')}
_TARGETS: Final = {"aws_lb_target_group": Naming(_EITHER, '"<argument>" (<value>) is an invalid ARN')}
_TABLE: Final = {
    "aws_route_table": Naming(_ID, "InvalidRouteTableID.NotFound: The routeTable ID '<value>' does not exist")
}
_REPOSITORY: Final = {
    "aws_ecr_repository": Naming(
        _NAME, "InvalidParameterException: Invalid parameter at 'repositoryName' failed to satisfy constraint"
    )
}

NAMINGS: Final[dict[str, dict[str, Naming]]] = {
    "allocation_id": {
        "aws_eip": Naming(
            ("id", "allocation_id"), "InvalidAllocationID.NotFound: The allocation ID '<value>' does not exist"
        )
    },
    "auto_scaling_group_arn": {
        "aws_autoscaling_group": Naming(_ARN, '"auto_scaling_group_arn" (<value>) is an invalid ARN')
    },
    "autoscaling_group_name": {
        "aws_autoscaling_group": Naming(_NAME, "ValidationError: AutoScalingGroup name not found - <value>")
    },
    "execution_role_arn": _ROLE,
    "gateway_id": {
        "aws_internet_gateway": Naming(_ID, "InvalidGatewayID.NotFound: The gateway ID '<value>' does not exist")
    },
    "iam_role_arn": _ROLE,
    "instance_id": {"aws_instance": Naming(_ID, 'InvalidInstanceID.Malformed: Invalid id: "<value>"')},
    "lb_target_group_arn": _TARGETS,
    "listener_arn": {"aws_lb_listener": Naming(_EITHER, '"listener_arn" (<value>) is an invalid ARN')},
    "load_balancer_arn": {"aws_lb": Naming(_EITHER, '"load_balancer_arn" (<value>) is an invalid ARN')},
    "nat_gateway_id": {
        "aws_nat_gateway": Naming(_ID, "InvalidNatGatewayID.NotFound: The natGateway ID '<value>' does not exist")
    },
    "node_role_arn": _ROLE,
    "pod_execution_role_arn": _ROLE,
    "referenced_security_group_id": _GROUP,
    "repository": _REPOSITORY,
    "role_arn": _ROLE,
    "route_table_id": _TABLE,
    "route_table_ids": _TABLE,
    "security_group_id": _GROUP,
    "security_group_ids": _GROUP,
    "security_groups": _GROUP,
    "source_security_group_id": _GROUP,
    "subnet_id": _SUBNET,
    "subnet_ids": _SUBNET,
    "subnets": _SUBNET,
    "target_group_arn": _TARGETS,
    "target_group_arns": _TARGETS,
    "task_role_arn": _ROLE,
    "transit_gateway_id": {
        "aws_ec2_transit_gateway": Naming(
            _ID, "InvalidTransitGatewayID.NotFound: The transitGateway ID '<value>' does not exist"
        )
    },
    "volume_id": {
        "aws_ebs_volume": Naming(_ID, "InvalidParameterValue: Value (<value>) for parameter volumeId is invalid")
    },
    "vpc_id": {"aws_vpc": Naming(_ID, "InvalidVpcID.NotFound: The vpc ID '<value>' does not exist")},
    "vpc_security_group_ids": _GROUP,
    "vpc_zone_identifier": _SUBNET,
}

NAMES_TOO: Final = frozenset(
    (kind, "security_groups")
    for kind in ("aws_instance", "aws_launch_configuration", "aws_security_group", "aws_spot_instance_request")
)
"""Where a name is as good, as far as the default VPC is meant."""

SHORT_NAMES: Final = frozenset({"execution_role_arn", "task_role_arn"})
"""Where ECS takes a role's name too; the provider refuses it where it knows it."""
