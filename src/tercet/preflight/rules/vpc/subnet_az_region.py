"""A subnet in a zone of another region, or in none that there is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import ask_each
from tercet.preflight.rules.vpc._regions import misplaced
from tercet.preflight.values import Reference

RULE = Rule(
    id="subnet-az-region",
    title="A subnet's zone is none of its region's",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A zone's name begins with its region, and a subnet is created in the provider's region. A zone of another "
        "region is refused; `data.aws_availability_zones` names those of the right one."
    ),
    aws_error=(
        "InvalidParameterValue: Value (<zone>) for parameter availabilityZone is invalid. Subnets can currently only "
        "be created in the following availability zones: <zones>."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html",
        "https://github.com/TheSudoYT/terraform-aws-palworld/issues/9",
    ),
    resources=("aws_subnet", "aws_default_subnet"),
    failing="""
provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id            = aws_vpc.payments.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "eu-west-1a"
}
""",
    passing="""
provider "aws" {
  region = "us-east-1"
}

resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id            = aws_vpc.payments.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "us-east-1a"
}
""",
)


@RULE.check
def check(subnet: Resource, context: Context) -> Iterator[Problem]:
    """Compare the zone with those of the provider's region."""
    del context
    yield from ask_each(subnet, (partial(_wrong, "availability_zone"), partial(_wrong, "availability_zone_id")))


def _wrong(argument: str, subnet: Resource) -> Iterator[Problem]:
    value = subnet.value(argument)
    if isinstance(value, Reference) and value.address.startswith("data.aws_availability_zones."):
        there = _region_of_list(subnet, value)
        said = f"is in {there}" if there is not None and there != subnet.known_region() else None
    else:
        zone = subnet.text(argument)
        said = misplaced(zone, subnet.known_region()) if zone else None
    if said is None:
        return
    yield Problem(
        subnet,
        argument,
        f"{argument} {subnet.shown(argument)} {said}, and the subnet is created in {subnet.region}: AWS refuses it.",
        fix=f"Choose a zone of {subnet.region}.",
        aws_error=(
            f"InvalidParameterValue: Value ({subnet.shown(argument)}) for parameter "
            f"{_PARAMETERS[argument]} is invalid. Subnets can currently only be created in the following availability "
            "zones: <zones>."
        ),
        also={"region": str(subnet.region)},
    )


_PARAMETERS: Final = {"availability_zone": "availabilityZone", "availability_zone_id": "availabilityZoneId"}


def _region_of_list(subnet: Resource, value: Reference) -> str | None:
    """Return the region whose zones a data source lists, where both regions are known."""
    found = subnet.graph.find(value.address)
    known = isinstance(subnet.region, str) and bool(found) and isinstance(found[0].region, str)
    return str(found[0].region) if known else None
