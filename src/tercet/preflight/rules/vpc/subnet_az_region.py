"""A subnet in a zone of another region."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.vpc._regions import region_of_zone

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
    zone = subnet.text("availability_zone")
    region = region_of_zone(zone) if zone else None
    if zone is None or region is None or region == subnet.known_region():
        return
    yield Problem(
        subnet,
        "availability_zone",
        f"availability_zone {zone} is in {region}, and the subnet is created in {subnet.region}: AWS refuses it.",
        fix=f"Choose a zone of {subnet.region}.",
        also={"region": str(subnet.region)},
    )
