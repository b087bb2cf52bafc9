"""What stands behind a load balancer: which security groups, on which port."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import groups_of

BALANCERS: Final = ("aws_lb", "aws_alb")
TARGET_GROUPS: Final = ("aws_lb_target_group", "aws_alb_target_group")
_LISTENERS: Final = ("aws_lb_listener", "aws_alb_listener")
_RULES: Final = ("aws_lb_listener_rule", "aws_alb_listener_rule")
_ATTACHMENTS: Final = ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment")


@dataclass(frozen=True, slots=True)
class Server:
    """Something that a load balancer sends requests to."""

    resource: Resource
    groups: list[Resource]
    port: int


def balancers_of(group: Resource) -> list[Resource]:
    """Return the load balancers whose listeners, or rules of them, forward to a target group."""
    listeners = list(group.referrers(*_LISTENERS))
    for rule in group.referrers(*_RULES):
        listeners += rule.targets("listener_arn", *_LISTENERS)
    found = {one.address: one for listener in listeners for one in listener.targets("load_balancer_arn", *BALANCERS)}
    return list(found.values())


def servers_of(group: Resource) -> Iterator[Server]:
    """Go through what registers with a target group, where its security groups and its port are known."""
    for service in group.referrers("aws_ecs_service"):
        network = service.block("network_configuration")
        for block in service.blocks("load_balancer"):
            port = block.number("container_port")
            if network is not None and port is not None and group in block.targets("target_group_arn", *TARGET_GROUPS):
                yield Server(service, groups_of(network, "security_groups"), int(port))
    for attachment in group.referrers(*_ATTACHMENTS):
        instance = attachment.target("target_id", "aws_instance")
        port = attachment.number("port") or group.number("port")
        if instance is not None and port is not None:
            yield Server(instance, groups_of(instance, "vpc_security_group_ids"), int(port))
    for scaling in _scaling_groups(group):
        template = _template(scaling)
        port = group.number("port")
        if template is not None and port is not None:
            yield Server(scaling, groups_of(template, "vpc_security_group_ids"), int(port))


def _scaling_groups(group: Resource) -> list[Resource]:
    found = list(group.referrers("aws_autoscaling_group"))
    for attachment in group.referrers("aws_autoscaling_attachment"):
        found += attachment.targets("autoscaling_group_name", "aws_autoscaling_group")
    return found


def _template(scaling: Resource) -> Resource | None:
    try:
        block = scaling.block("launch_template")
    except Undecidable:
        return None
    return block.target("id", "aws_launch_template") or block.target("name", "aws_launch_template") if block else None
