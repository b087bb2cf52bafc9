"""A subnet in a zone of another region."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.vpc._regions import region_of_zone
from tercet.preflight.values import Reference

RULE = Rule(
    id="subnet-az-region",
    title="A subnet's zone belongs to another region",
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
    """Compare the zone's region with the provider's."""
    del context
    value = subnet.value("availability_zone")
    if isinstance(value, Reference) and value.address.startswith("data.aws_availability_zones."):
        region = _region_of_list(subnet, value)
    else:
        zone = subnet.text("availability_zone")
        region = region_of_zone(zone) if zone else None
    if region is None or region == subnet.known_region():
        return
    yield Problem(
        subnet,
        "availability_zone",
        f"availability_zone {subnet.shown('availability_zone')} is in {region}, and the subnet is created in "
        f"{subnet.region}: AWS refuses it.",
        fix=f"Choose a zone of {subnet.region}.",
        also={"region": str(subnet.region)},
    )


def _region_of_list(subnet: Resource, value: Reference) -> str | None:
    """Return the region whose zones a data source lists, where both regions are known."""
    found = subnet.graph.find(value.address)
    known = isinstance(subnet.region, str) and bool(found) and isinstance(found[0].region, str)
    return str(found[0].region) if known else None
