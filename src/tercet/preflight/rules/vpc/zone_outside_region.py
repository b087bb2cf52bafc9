"""Anything but a subnet in a zone of another region."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.vpc._regions import misplaced

_ARGUMENTS = (
    "availability_zone",
    "availability_zones",
    "availability_zone_name",
    "preferred_availability_zones",
    "preferred_cache_cluster_azs",
    "availability_zone_names",
)
_SUBNETS = ("aws_subnet", "aws_default_subnet")

RULE = Rule(
    id="zone-outside-region",
    title="An availability zone of another region",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A resource is created in its provider's region, and in none of another region's zones. Zones that are "
        "written out are forgotten when the region changes. Subnets have a rule of their own (`subnet-az-region`)."
    ),
    aws_error="InvalidParameterValue: Invalid availability zone: [<zone>]",
    sources=("https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html",),
    failing="""
provider "aws" {
  region = "us-east-1"
}

resource "aws_ebs_volume" "ledger" {
  availability_zone = "us-west-2a"
  size              = 20
  encrypted         = true
}
""",
    passing="""
provider "aws" {
  region = "us-east-1"
}

resource "aws_ebs_volume" "ledger" {
  availability_zone = "us-east-1a"
  size              = 20
  encrypted         = true
}
""",
)


@RULE.check
def check(graph: Graph, context: Context) -> Iterator[Problem]:
    """Look at every argument that names zones."""
    del context
    for resource in graph.managed:
        if resource.type.startswith("aws_") and resource.type not in _SUBNETS and isinstance(resource.region, str):
            yield from _wrong(resource)


def _wrong(resource: Resource) -> Iterator[Problem]:
    for argument in _ARGUMENTS:
        value = resource.value(argument)
        for zone in value if isinstance(value, list) else [value]:
            said = (
                misplaced(zone, resource.region) if isinstance(zone, str) and isinstance(resource.region, str) else None
            )
            if said is not None:
                yield Problem(
                    resource,
                    argument,
                    f"{argument} names {zone}, which {said}; the resource is created in {resource.region}, and "
                    "AWS refuses it.",
                    fix=f"Name a zone of {resource.region}.",
                    aws_error=f"InvalidParameterValue: Invalid availability zone: [{zone}]",
                    also={"region": str(resource.region)},
                )
