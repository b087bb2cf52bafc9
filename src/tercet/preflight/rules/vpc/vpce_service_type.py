"""Endpoints of a type, a region or a VPC in which their service is not to be had."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.network import endpoints_of, is_interface, service_of, vpc_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._targets import made
from tercet.preflight.values import Reference, Text

_NAME: Final = re.compile(r"com\.amazonaws\.([a-z]{2,3}(?:-[a-z]{2,10}){1,2}-\d)\.([a-z0-9.-]{1,100})")
# S3 Express (directory buckets) has gateway endpoints too, and its interface endpoints are of S3.
_GATEWAYS: Final = frozenset({"dynamodb", "s3", "s3express"})
_TABLES: Final = ("aws_route_table", "aws_default_route_table")

_EXAMPLE = """
resource "aws_vpc" "payments" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_subnet" "private" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_vpc_endpoint" "queues" {
  vpc_id       = aws_vpc.payments.id
  service_name = "com.amazonaws.us-east-1.sqs"MORE
}
"""

RULE = Rule(
    id="vpce-service-type",
    title="An endpoint whose service does not have its type, or is there already",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Only S3 and DynamoDB have gateway endpoints, which is the type that Terraform takes where none is given; all "
        "other services have interface endpoints, which have no route tables. A service's name holds its region, "
        "which is the provider's unless service_region says another. In one VPC a service's private DNS name leads to "
        "one endpoint, and a route table leads to one gateway endpoint of a service."
    ),
    aws_error="InvalidParameter: Endpoint type (Gateway) does not match available service types ([Interface]).",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
        "https://github.com/nimblehq/infrastructure-templates/issues/286",
        "https://github.com/hashicorp/terraform-provider-aws/issues/17535",
    ),
    resources=("aws_vpc_endpoint",),
    failing=_EXAMPLE.replace("MORE", ""),
    passing=_EXAMPLE.replace(
        "MORE",
        '\n  vpc_endpoint_type   = "Interface"\n  private_dns_enabled = true\n'
        "  subnet_ids          = [for subnet in aws_subnet.private : subnet.id]",
    ),
)


@RULE.check
def check(endpoint: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the service with type, region and the VPC's other endpoints."""
    yield from _region(endpoint)
    if endpoint.value("vpc_endpoint_type") is None and "vpc_endpoint_type" in endpoint.values:
        return  # null may come from a variable that a caller sets
    kind = endpoint.text("vpc_endpoint_type", "Gateway")
    name = endpoint.value("service_name")
    if name is None:
        return  # it is for a resource or a service network
    service = service_of(endpoint) if not isinstance(name, str) or _NAME.fullmatch(str(name)) else ""
    if kind == "Gateway" and service and service not in _GATEWAYS:
        said = "" if endpoint.has("vpc_endpoint_type") else " (the default)"
        yield Problem(
            endpoint,
            "vpc_endpoint_type",
            f"vpc_endpoint_type is Gateway{said}, and {service} has interface endpoints only.",
            fix='Set vpc_endpoint_type = "Interface", and give subnet_ids and security_group_ids.',
            also={"service_name": endpoint.shown("service_name")},
        )
    elif kind == "Interface" and endpoint.items("route_table_ids"):
        yield Problem(
            endpoint,
            "route_table_ids",
            "route_table_ids is given, and the endpoint's type is Interface, which has none.",
            fix="Remove route_table_ids.",
            aws_error="InvalidParameter: Route table IDs are only supported for Gateway type VPC Endpoint.",
            also={"vpc_endpoint_type": "Interface"},
        )
    elif service:
        yield from _again(endpoint, service)


def _region(endpoint: Resource) -> Iterator[Problem]:
    name = endpoint.value("service_name")
    match = _NAME.fullmatch(str(name)) if isinstance(name, str) else None
    if match is None or endpoint.has("service_region") or not isinstance(endpoint.region, str):
        return
    if match[1] != endpoint.region:
        yield Problem(
            endpoint,
            "service_name",
            f"service_name is {name}, of {match[1]}, and the endpoint is made in {endpoint.region}.",
            fix=f'Write "com.amazonaws.{endpoint.region}.{match[2]}".',
            aws_error=f"InvalidServiceName: The Vpc Endpoint Service '{name}' does not exist",
            also={"region": str(endpoint.region)},
        )


def _again(endpoint: Resource, service: str) -> Iterator[Problem]:
    """Look for an earlier endpoint of the VPC with the same DNS name, or in the same route table."""
    vpc = vpc_of(endpoint) if isinstance(endpoint.value("vpc_id"), Reference | Text) else None
    if vpc is None or vpc.many or endpoint.many or endpoint.has("service_region"):
        return
    for other in endpoints_of(vpc):
        if other is endpoint:
            return
        try:
            same = (
                service_of(other) == service
                and is_interface(other) == is_interface(endpoint)
                and not (other.many or other.has("service_region"))
            )
        except Undecidable:
            continue
        if not same:
            continue
        if is_interface(endpoint) and all(
            one.value("private_dns_enabled") in (True, "true") for one in (endpoint, other)
        ):
            yield Problem(
                endpoint,
                "private_dns_enabled",
                f"{other.address} has private DNS for {service} in {vpc.address} already.",
                fix="Keep one of the two endpoints, or set private_dns_enabled = false on one.",
                aws_error=(
                    "InvalidParameter: private-dns-enabled cannot be set because there is already a conflicting DNS "
                    f"domain for {service}.<region>.amazonaws.com in the VPC vpc-<id>"
                ),
                also={"other": other.address},
            )
        elif not is_interface(endpoint) and (shared := _shared_table(endpoint, other)) is not None:
            yield Problem(
                endpoint,
                "route_table_ids",
                f"{shared.address} has the routes of {other.address} for {service} already.",
                fix="Keep one of the two endpoints, or give each its own route tables.",
                aws_error=(
                    "RouteAlreadyExists: route table rtb-<id> already has a route with destination-prefix-list-id "
                    "pl-<id>"
                ),
                also={"other": other.address},
            )


def _shared_table(endpoint: Resource, other: Resource) -> Resource | None:
    tables = made(other, "route_table_ids", *_TABLES) if isinstance(other.value("route_table_ids"), list) else []
    if not isinstance(endpoint.value("route_table_ids"), list):
        return None
    return next((one for one in made(endpoint, "route_table_ids", *_TABLES) if one in tables and not one.many), None)
