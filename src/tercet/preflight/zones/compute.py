"""Functions, services, groups of instances, instances: what runs code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import (
    Zone,
    count_of,
    services_of,
    subnets_in,
    zone_of_subnet,
    zone_of_value,
    zones_of,
)
from tercet.preflight.zones.asking import Asking
from tercet.preflight.zones.model import Component, Fate, Layer, Verdict
from tercet.preflight.zones.spread import Spread, listed
from tercet.preflight.zones.ways_out import cut_off, endpoint_services, lost_services

_RESTARTED = "It has one {unit}: where that is lost, another one is started in a zone that is left."


def functions(asking: Asking) -> Iterator[Component]:
    """Go through the Lambda functions."""
    what = "Lambda function"
    for function in asking.graph.of_type("aws_lambda_function"):
        try:
            block = function.block("vpc_config")
            subnets = subnets_in(block, "subnet_ids") if block is not None else []
        except Undecidable as reason:
            yield asking.undecidable(function, Layer.COMPUTE, what, reason)
            continue
        if not subnets:
            reason_text = f"{function.address} is in no VPC: Lambda runs it in several zones."
            yield asking.all_alike(function, Layer.COMPUTE, what, Verdict(Fate.SURVIVES, (reason_text,)))
            continue
        zones = zones_of(subnets)
        needs = services_of(function)
        spread = Spread(function.address, "runs in", zones, "zone", "Lambda sends calls to the zones that are left.")
        yield asking.component(
            function,
            Layer.COMPUTE,
            what,
            partial(_with_ways_out, spread, subnets, needs),
            reported_by="lambda-vpc-single-az",
            spans=count_of(zones)[0] > 1,
        )


def services(asking: Asking) -> Iterator[Component]:
    """Go through the ECS services."""
    what = "ECS service"
    for service in asking.graph.of_type("aws_ecs_service"):
        try:
            block = service.block("network_configuration")
            subnets = subnets_in(block, "subnets") if block is not None else []
            yield _grouped(asking, service, what, subnets, service.value("desired_count"), "task")
        except Undecidable as reason:
            yield asking.undecidable(service, Layer.COMPUTE, what, reason)


def instance_groups(asking: Asking) -> Iterator[Component]:
    """Go through auto scaling groups and node groups."""
    for group in asking.graph.of_type("aws_autoscaling_group", "aws_eks_node_group"):
        scaling = group.type == "aws_autoscaling_group"
        what = "Auto scaling group" if scaling else "Node group"
        argument = "vpc_zone_identifier" if scaling else "subnet_ids"
        try:
            size = group.value("min_size")
            if not scaling:
                config = group.block("scaling_config")
                size = config.value("min_size") if config is not None else None
            if scaling and group.has("availability_zones"):
                zones = [zone_of_value(one, group) for one in group.items("availability_zones")]
                yield _in_zones(asking, group, what, zones)
            else:
                yield _grouped(asking, group, what, subnets_in(group, argument), size, "instance")
        except Undecidable as reason:
            yield asking.undecidable(group, Layer.COMPUTE, what, reason)


def instances(asking: Asking) -> Iterator[Component]:
    """Go through single instances: each goes with its zone, which counts only where requests depend on it."""
    for instance in asking.graph.of_type("aws_instance"):
        try:
            zone = _zone_of_instance(instance)
        except Undecidable as reason:
            yield asking.undecidable(instance, Layer.COMPUTE, "Instance", reason)
            continue
        spread = Spread(instance.address, "is in", [zone], "instance")
        yield asking.component(
            instance, Layer.COMPUTE, "Instance", spread.without, counts=_carries_requests_alone(instance, zone)
        )


def _in_zones(asking: Asking, group: Resource, what: str, zones: list[Zone]) -> Component:
    spread = Spread(group.address, "runs in", zones, "zone", "It starts instances in the zones that are left.")
    return asking.component(group, Layer.COMPUTE, what, spread.without, spans=count_of(zones)[0] > 1)


def _grouped(asking: Asking, group: Resource, what: str, subnets: list[Resource], size: object, unit: str) -> Component:
    """Judge what runs units in subnets.

    Raises
    ------
    Undecidable
        It names no subnets: an ECS service on instances runs where the instances of its cluster are.
    """
    if not subnets:
        raise Undecidable("subnets", f"where {group.address} runs is not in the configuration")
    zones = zones_of(subnets)
    then = _RESTARTED.format(unit=unit) if size in (1, "1") else f"It starts {unit}s in the zones that are left."
    spread = Spread(group.address, "runs in", zones, "zone", then)
    return asking.component(
        group,
        Layer.COMPUTE,
        what,
        partial(_with_ways_out, spread, subnets, {}),
        spans=count_of(zones)[0] > 1,
    )


def _with_ways_out(spread: Spread, subnets: list[Resource], needs: Mapping[str, Resource], lost: Zone) -> Verdict:
    """Add what the zones that are left lose of their ways out."""
    verdict = spread.without(lost)
    if verdict.fate in (Fate.LOST, Fate.UNDECIDABLE):
        return verdict
    through_endpoints = endpoint_services(subnets)
    by_endpoint = sorted(set(needs) & through_endpoints)
    reasons = lost_services(needs, subnets, lost)
    if not needs or len(by_endpoint) < len(needs):
        reasons += cut_off(subnets, lost).values()
    if not reasons:
        if not by_endpoint or verdict.fate is Fate.SURVIVES:
            return verdict
        reach = f"It asks {listed(by_endpoint)} through endpoints, which answer in the zones that are left."
        return Verdict(verdict.fate, (*verdict.reasons, reach), verdict.left)
    return Verdict(Fate.DEGRADED, (*verdict.reasons, *reasons), "way out lost")


def _zone_of_instance(instance: Resource) -> Zone:
    if instance.has("subnet_id"):
        subnets = subnets_in(instance, "subnet_id")
        return zone_of_subnet(subnets[0])
    if instance.has("availability_zone"):
        return zone_of_value(instance.value("availability_zone"), instance)
    raise Undecidable("subnet_id", "its subnet is not in the configuration")


def _carries_requests_alone(instance: Resource, zone: Zone) -> bool:
    """Tell whether a target group, or a name, leads to this instance and to nothing outside of its zone."""
    for attachment in instance.referrers("aws_lb_target_group_attachment", "aws_alb_target_group_attachment"):
        group = attachment.target("target_group_arn", "aws_lb_target_group", "aws_alb_target_group")
        if group is None:
            return False
        others = group.referrers("aws_lb_target_group_attachment", "aws_autoscaling_group", "aws_ecs_service")
        targets = [one for other in others for one in other.targets("target_id", "aws_instance")]
        if len(targets) < len(others):
            return False
        try:
            return all(_zone_of_instance(one) == zone for one in targets)
        except (Undecidable, IndexError):
            return False
    return bool(instance.referrers("aws_route53_record"))
