"""Whether requests depend on one instance, and on nothing outside of its zone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from tercet.preflight.graph import Graph, Resource, Undecidable
from tercet.preflight.memory import remembered
from tercet.preflight.network import Zone, subnets_in, zone_of_subnet, zone_of_value
from tercet.preflight.values import shown

_ATTACHMENTS: Final = ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment")
_TARGET_GROUPS: Final = ("aws_lb_target_group", "aws_alb_target_group")
_REGISTERED: Final = (*_ATTACHMENTS, "aws_autoscaling_group", "aws_autoscaling_attachment", "aws_ecs_service")
_INTEGRATIONS: Final = ("aws_api_gateway_integration", "aws_apigatewayv2_integration")


def zone_of_instance(instance: Resource) -> Zone:
    """Return the zone of an instance.

    Raises
    ------
    Undecidable
        Its subnet is not in the configuration.
    """
    if instance.has("subnet_id"):
        return zone_of_subnet(subnets_in(instance, "subnet_id")[0])
    if instance.has("availability_zone"):
        return zone_of_value(instance.value("availability_zone"), instance)
    for block in (*instance.blocks("primary_network_interface"), *instance.blocks("network_interface")):
        interface = block.target("network_interface_id", "aws_network_interface")
        if interface is not None and interface.has("subnet_id"):
            return zone_of_subnet(subnets_in(interface, "subnet_id")[0])
    raise Undecidable("subnet_id", "its subnet is not in the configuration")


def carries_alone(instance: Resource, zone: Zone) -> bool:
    """Tell whether a target group, a name or an API leads to an instance and to nothing outside of its zone."""
    try:
        return any(_all_in(zone, targets) for targets in _led_to(instance))
    except Undecidable:
        return False


def _all_in(zone: Zone, targets: Iterable[Resource | None]) -> bool:
    """Tell whether all of this is known to be instances of one zone."""
    return all(one is not None and zone_of_instance(one) == zone for one in targets)


def _led_to(instance: Resource) -> Iterator[list[Resource | None]]:
    """Go through what leads requests to an instance: each time, all that it leads to; None is what is not known."""
    for attachment in instance.referrers(*_ATTACHMENTS):
        for group in attachment.targets("target_group_arn", *_TARGET_GROUPS):
            yield [one.target("target_id", "aws_instance") for one in group.referrers(*_REGISTERED)]
    addresses = [one for one in instance.referrers("aws_eip") if instance in one.targets("instance", "aws_instance")]
    for association in instance.referrers("aws_eip_association"):
        addresses += association.targets("allocation_id", "aws_eip")
    holders = (instance, *addresses)
    for record in {one.address: one for holder in holders for one in holder.referrers("aws_route53_record")}.values():
        yield [_instance_of(value, one) for one in _of_the_same_name(record) for value in _values_of(one)]
    for holder in holders:
        for distribution in holder.referrers("aws_cloudfront_distribution"):
            if not distribution.has("origin_group"):
                yield [instance]
        if holder.referrers(*_INTEGRATIONS):
            yield [instance]


def _of_the_same_name(record: Resource) -> list[Resource]:
    """Return the records that answer for one name: with a routing policy there are several."""
    return remembered(record.graph, _by_name, lambda: _by_name(record.graph))[_name(record)]


def _by_name(graph: Graph) -> dict[tuple[str, str], list[Resource]]:
    found: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    for record in graph.of_type("aws_route53_record"):
        found[_name(record)].append(record)
    return found


def _name(record: Resource) -> tuple[str, str]:
    return shown(record.value("name")), shown(record.value("zone_id"))


def _values_of(record: Resource) -> list[object]:
    return record.items("records") if record.has("records") else [None]


def _instance_of(value: object, record: Resource) -> Resource | None:
    """Return the one instance that a record's value is the address of, through an elastic address too."""
    found = record.graph.resolve(value, ("aws_instance", "aws_eip"))
    if len(found) != 1:
        return None
    if found[0].type == "aws_instance":
        return found[0]
    (address,) = found
    for association in address.referrers("aws_eip_association"):
        if (instance := association.target("instance_id", "aws_instance")) is not None:
            return instance
    return address.target("instance", "aws_instance")
