"""Services and groups of instances: what keeps a number of units running in subnets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from tercet.preflight.graph import Block, Resource, Undecidable
from tercet.preflight.network import Zone, count_of, subnets_in, zone_of_value, zones_of
from tercet.preflight.values import Value, shown
from tercet.preflight.zones.asking import Asking
from tercet.preflight.zones.compute import with_ways_out
from tercet.preflight.zones.model import Component, Fate, Layer, Verdict
from tercet.preflight.zones.spread import Spread, listed, share

_RESTARTED: Final = "It has one {unit}: where that is lost, another one is started in a zone that is left."
_STARTED: Final = "It starts {unit}s in the zones that are left."
_INDEX: Final = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_TARGET_GROUPS: Final = ("aws_lb_target_group", "aws_alb_target_group")
_KINDS: Final = {
    "aws_ecs_service": ("ECS service", "task"),
    "aws_autoscaling_group": ("Auto scaling group", "instance"),
    "aws_eks_node_group": ("Node group", "instance"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """One service or group of instances, in places that are known."""

    resource: Resource
    zones: Sequence[Zone]
    subnets: Sequence[Resource]
    size: Value

    @property
    def spread(self) -> Spread:
        """Say where it runs, and what happens when a part of that is lost."""
        unit = _KINDS[self.resource.type][1]
        then = _RESTARTED if self.size in (1, "1") else _STARTED
        return Spread(self.resource.address, "runs in", self.zones, "zone", then.format(unit=unit))


def groups(asking: Asking) -> Iterator[Component]:
    """Go through services, auto scaling groups and node groups."""
    for kind, (what, _) in _KINDS.items():
        placed = []
        for resource in asking.graph.of_type(kind):
            try:
                placed.append(_placed(resource))
            except Undecidable as reason:
                yield asking.undecidable(resource, Layer.COMPUTE, what, reason)
        by_work = _by_work(placed)
        for group in placed:
            others = [one for work in _work_of(group) for one in by_work[work] if one is not group]
            together = [*group.zones, *(zone for one in others for zone in one.zones)]
            yield asking.component(
                group.resource,
                Layer.COMPUTE,
                what,
                partial(_judge, group, others),
                spans=count_of(dict.fromkeys(together))[0] > 1,
            )


def _placed(resource: Resource) -> Group:
    """Find out where a group runs.

    Raises
    ------
    Undecidable
        It names no subnets: an ECS service on instances runs where the instances of its cluster are.
    """
    if resource.type == "aws_autoscaling_group" and resource.has("availability_zones"):
        zones = [zone_of_value(one, resource) for one in resource.items("availability_zones")]
        return Group(resource, zones, (), resource.value("min_size"))
    subnets = _subnets(resource)
    if not subnets:
        raise Undecidable("subnets", f"where {resource.address} runs is not in the configuration")
    return Group(resource, zones_of(subnets), subnets, _size(resource))


def _subnets(resource: Resource) -> list[Resource]:
    if resource.type == "aws_ecs_service":
        block = resource.block("network_configuration")
        return subnets_in(block, "subnets") if block is not None else []
    return subnets_in(resource, "vpc_zone_identifier" if resource.type == "aws_autoscaling_group" else "subnet_ids")


def _size(resource: Resource) -> Value:
    if resource.type == "aws_ecs_service":
        return resource.value("desired_count")
    holder: Block | None = resource if resource.type == "aws_autoscaling_group" else resource.block("scaling_config")
    return holder.value("min_size") if holder is not None else None


def _by_work(placed: Iterable[Group]) -> dict[Hashable, list[Group]]:
    found: dict[Hashable, list[Group]] = defaultdict(list)
    for group in placed:
        for work in _work_of(group):
            found[work].append(group)
    return found


def _judge(group: Group, others: Iterable[Group], lost: Zone) -> Verdict:
    verdict = with_ways_out(group.spread, group.subnets, {}, lost)
    if verdict.fate is not Fate.LOST:
        return verdict
    left = list(
        dict.fromkeys(one.resource.address for one in others if any(zone.differs_from(lost) for zone in one.zones))
    )
    if not left:
        return verdict
    names = listed(left)
    after = f"{names} {'goes' if len(left) == 1 else 'go'} on with the same work."
    return Verdict(Fate.DEGRADED, (*verdict.reasons, after), share(len(left), len(left) + 1, "group"))


def _work_of(group: Group) -> set[Hashable]:
    """Tell for what a group is there: groups that share one of these stand in for one another.

    A group in each zone, made by ``count`` or ``for_each`` or in one cluster, is how volumes of one zone stay with
    their instances.
    """
    resource = group.resource
    found: set[Hashable] = {("target group", one) for one in _target_groups(resource)}
    if len(group.zones) != 1:
        return found
    if _INDEX.search(resource.address):
        found.add(("repeated", _INDEX.sub("", resource.address)))
    if resource.type == "aws_eks_node_group":
        machines = shown(resource.value("instance_types")), shown(resource.value("taint"))
        found.add(("cluster", shown(resource.value("cluster_name")), *machines))
    return found


def _target_groups(resource: Resource) -> set[str]:
    holders: list[Block] = [resource, *resource.referrers("aws_autoscaling_attachment")]
    if resource.type == "aws_ecs_service":
        holders = resource.blocks("load_balancer")
    arguments = ("target_group_arns", "target_group_arn", "lb_target_group_arn")
    return {one.address for holder in holders for name in arguments for one in holder.targets(name, *_TARGET_GROUPS)}
