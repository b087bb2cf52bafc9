"""Load balancers, listeners and target groups, under both of the names that the provider has for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.graph import Block, Resource
from tercet.preflight.rules._targets import made, the_one

BALANCERS: Final = ("aws_lb", "aws_alb")
GROUPS: Final = ("aws_lb_target_group", "aws_alb_target_group")
LISTENERS: Final = ("aws_lb_listener", "aws_alb_listener")
RULES: Final = ("aws_lb_listener_rule", "aws_alb_listener_rule")

PROTOCOLS: Final = {
    "application": ("HTTP", "HTTPS"),
    "gateway": ("GENEVE",),
    "network": ("QUIC", "TCP", "TCP_QUIC", "TCP_UDP", "TLS", "UDP"),
}


def balancer_of(listener: Resource) -> Resource | None:
    """Return the load balancer of a listener; None where it stands elsewhere."""
    return the_one(listener, "load_balancer_arn", *BALANCERS)


def kind_of(listener: Resource) -> str | None:
    """Return ``application``, ``network`` or ``gateway``; None where nothing tells.

    Raises
    ------
    Undecidable
        The load balancer's type is not known.
    """
    balancer = balancer_of(listener)
    if balancer is not None:
        return balancer.text("load_balancer_type", "application")
    arn = listener.value("load_balancer_arn")
    for short, kind in (("/app/", "application"), ("/net/", "network"), ("/gwy/", "gateway")):
        if isinstance(arn, str) and f":loadbalancer{short}" in arn:
            return kind
    return None


def actions(resource: Resource) -> list[Block]:
    """Return the actions of a listener or of one of its rules."""
    return resource.blocks("default_action" if resource.type in LISTENERS else "action")


def forwarded_to(resource: Resource) -> Iterator[tuple[Block, Resource]]:
    """Go through the target groups that the actions forward to and that the configuration makes."""
    for action in actions(resource):
        for group in made(action, "target_group_arn", *GROUPS):
            yield action, group
        for forward in action.blocks("forward"):
            for weighted in forward.blocks("target_group"):
                for group in made(weighted, "arn", *GROUPS):
                    yield weighted, group
