"""Security groups, subnets and target groups of different VPCs that are used together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Graph, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.vpc._same_vpc import GROUPS, SUBNETS, certain, differ, vpc_name

_EC2: Final = "InvalidParameter: Security group sg-<id> and subnet subnet-<id> belong to different networks."
_ELB: Final = "InvalidConfigurationRequest: One or more security groups are invalid"
_RDS: Final = "InvalidParameterCombination: The DB instance and EC2 security group are in different VPCs."
_REFERENCE: Final = "InvalidGroup.NotFound: You have specified two resources that belong to different networks."
_TARGET: Final = "ValidationError: The target group and the load balancer must be in the same VPC"

_EXAMPLE = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_security_group" "balancer" {
  name = "payments-balancer-dev"VPC
}

resource "aws_lb" "payments" {
  name                       = "payments-dev"
  internal                   = true
  drop_invalid_header_fields = true
  security_groups            = [aws_security_group.balancer.id]
  subnets                    = [for subnet in aws_subnet.private : subnet.id]
}
"""


@dataclass(frozen=True, slots=True)
class _Use:
    """Where a type of resource names its security groups and its subnets."""

    groups: str
    subnets: str
    block: str = ""
    error: str = _EC2


_USES: Final = {
    "aws_alb": _Use("security_groups", "subnets", error=_ELB),
    "aws_db_instance": _Use("vpc_security_group_ids", "db_subnet_group_name", error=_RDS),
    "aws_ecs_service": _Use("security_groups", "subnets", "network_configuration"),
    "aws_efs_mount_target": _Use("security_groups", "subnet_id"),
    "aws_eks_cluster": _Use("security_group_ids", "subnet_ids", "vpc_config"),
    "aws_elasticache_replication_group": _Use("security_group_ids", "subnet_group_name"),
    "aws_instance": _Use("vpc_security_group_ids", "subnet_id"),
    "aws_lambda_function": _Use("security_group_ids", "subnet_ids", "vpc_config"),
    "aws_lb": _Use("security_groups", "subnets", error=_ELB),
    "aws_network_interface": _Use("security_groups", "subnet_id"),
    "aws_rds_cluster": _Use("vpc_security_group_ids", "db_subnet_group_name", error=_RDS),
    "aws_vpc_endpoint": _Use("security_group_ids", "subnet_ids"),
}
_SUBNET_GROUPS: Final = ("aws_db_subnet_group", "aws_elasticache_subnet_group")
_PEERS: Final = (
    "aws_security_group",
    "aws_security_group_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
)
_LISTENERS: Final = ("aws_alb_listener", "aws_lb_listener")
_TARGETS: Final = ("aws_alb_target_group", "aws_lb_target_group")
_JOINED: Final = (
    "aws_ec2_transit_gateway_vpc_attachment",
    "aws_vpc_peering_connection",
    "aws_vpc_peering_connection_accepter",
)

RULE = Rule(
    id="vpc-mismatch",
    title="A security group or target group of another VPC",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A security group belongs to one VPC, and so do a subnet and a target group: what is in a subnet takes groups "
        "of the subnet's VPC only. A group without vpc_id is made in the account's default VPC, which is never the "
        "one that the configuration makes. A rule may name a group of another VPC only where the two are peered."
    ),
    aws_error=_EC2,
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html",
        "https://github.com/QT-DevOps/DevOpsIssues/issues/256",
        "https://github.com/hashicorp/terraform/issues/2621",
    ),
    resources=(*_USES, *_PEERS, *_LISTENERS, "aws_autoscaling_group"),
    failing=_EXAMPLE.replace("VPC", ""),
    passing=_EXAMPLE.replace("VPC", "\n  vpc_id = aws_vpc.payments.id"),
)


@RULE.check
def check(resource: Resource, context: Context) -> Iterator[Problem]:
    """Compare the VPC of what is named with the VPC of what names it."""
    if resource.type in _USES:
        use = _USES[resource.type]
        for block in resource.blocks(use.block) if use.block else [resource]:
            yield from _groups(block, use.groups, list(_subnets(block, use.subnets)), use.error)
    elif resource.type == "aws_autoscaling_group":
        yield from _scaling(resource)
    elif resource.type in _LISTENERS:
        yield from _listener(resource)
    elif not _is_joined(context.graph):
        yield from _peers(resource)


def _subnets(block: Block, argument: str) -> Iterator[Resource]:
    for group in certain(block, argument, *_SUBNET_GROUPS):
        yield from certain(group, "subnet_ids", *SUBNETS)
    yield from certain(block, argument, *SUBNETS)


def _groups(block: Block, argument: str, subnets: list[Resource], error: str) -> Iterator[Problem]:
    home = vpc_name(subnets[0]) if subnets else None
    for group in certain(block, argument, *GROUPS):
        if differ(vpc_name(group), home):
            yield _problem(block, argument, group, f"{subnets[0].address} is in {home}", error)


def _scaling(scaling: Resource) -> Iterator[Problem]:
    subnets = list(certain(scaling, "vpc_zone_identifier", *SUBNETS))
    for block in scaling.blocks("launch_template"):
        for argument in ("id", "name"):
            for template in certain(block, argument, "aws_launch_template"):
                yield from _groups(template, "vpc_security_group_ids", subnets, _EC2)


def _listener(listener: Resource) -> Iterator[Problem]:
    homes = [
        vpc_name(subnet)
        for balancer in certain(listener, "load_balancer_arn", "aws_lb", "aws_alb")
        for subnet in _subnets(balancer, "subnets")
    ]
    for action in listener.blocks("default_action") if homes else ():
        for group in certain(action, "target_group_arn", *_TARGETS):
            if differ(vpc_name(group), homes[0]):
                yield _problem(action, "target_group_arn", group, f"the load balancer is in {homes[0]}", _TARGET)


def _peers(rule: Resource) -> Iterator[Problem]:
    if rule.type == "aws_security_group":
        for name in ("ingress", "egress"):
            for block in rule.blocks(name):
                yield from _peer(block, "security_groups", rule)
        return
    argument = "source_security_group_id" if rule.type == "aws_security_group_rule" else "referenced_security_group_id"
    for group in certain(rule, "security_group_id", *GROUPS):
        yield from _peer(rule, argument, group)


def _peer(block: Block, argument: str, owner: Resource) -> Iterator[Problem]:
    home = vpc_name(owner)
    for group in certain(block, argument, *GROUPS):
        if differ(vpc_name(group), home):
            yield _problem(block, argument, group, f"{owner.address} is in {home}", _REFERENCE)


def _problem(block: Block, argument: str, other: Resource, against: str, error: str) -> Problem:
    return Problem(
        block,
        argument,
        f"{other.address} is in {vpc_name(other)}, and {against}: AWS refuses to use them together.",
        fix=f"Set vpc_id of {other.block_address} to the same VPC, or name one of that VPC.",
        aws_error=error,
        also={"vpc_id": other.shown("vpc_id")},
    )


def _is_joined(graph: Graph) -> bool:
    """Tell whether VPCs may be peered, which makes groups of the other one valid in rules."""
    return bool(graph.of_type(*_JOINED)) or bool(graph.opaque_modules)
