"""Functions and single instances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import Zone, count_of, services_of, subnets_in, zones_of
from tercet.preflight.zones.asking import Asking
from tercet.preflight.zones.model import Component, Fate, Layer, Verdict
from tercet.preflight.zones.requests import carries_alone, zone_of_instance
from tercet.preflight.zones.spread import Spread, listed
from tercet.preflight.zones.ways_out import cut_off, endpoint_services, lost_services


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
            partial(with_ways_out, spread, subnets, needs),
            reported_by="lambda-vpc-single-az",
            spans=count_of(zones)[0] > 1,
        )


def instances(asking: Asking) -> Iterator[Component]:
    """Go through single instances: each goes with its zone, which counts only where requests depend on it."""
    for instance in asking.graph.of_type("aws_instance"):
        try:
            zone = zone_of_instance(instance)
        except Undecidable as reason:
            yield asking.undecidable(instance, Layer.COMPUTE, "Instance", reason)
            continue
        spread = Spread(instance.address, "is in", [zone], "instance")
        yield asking.component(
            instance, Layer.COMPUTE, "Instance", spread.without, counts=carries_alone(instance, zone)
        )


def with_ways_out(spread: Spread, subnets: Sequence[Resource], needs: Mapping[str, Resource], lost: Zone) -> Verdict:
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
