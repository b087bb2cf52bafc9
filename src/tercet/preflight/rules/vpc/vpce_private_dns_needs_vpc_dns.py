"""An interface endpoint with private DNS in a VPC without DNS."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import vpc_of
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="vpce-private-dns-needs-vpc-dns",
    title="An endpoint with private DNS in a VPC without DNS host names",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Private DNS of an interface endpoint is a private zone of the VPC, and needs both `enable_dns_support` "
        "(true by default) and `enable_dns_hostnames` (false by default in a VPC that Terraform makes)."
    ),
    aws_error=(
        "InvalidParameter: Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes "
        "set to true for vpc-<id>"
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",),
    resources=("aws_vpc_endpoint",),
    failing="""
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc_endpoint" "events" {
  vpc_id              = aws_vpc.payments.id
  service_name        = "com.amazonaws.us-east-1.events"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
}
""",
    passing="""
resource "aws_vpc" "payments" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_vpc_endpoint" "events" {
  vpc_id              = aws_vpc.payments.id
  service_name        = "com.amazonaws.us-east-1.events"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
}
""",
)


@RULE.check
def check(endpoint: Resource, context: Context) -> Iterator[Problem]:
    """Ask the endpoint's VPC for both of its DNS attributes."""
    del context
    if endpoint.text("vpc_endpoint_type", "Gateway") != "Interface" or not endpoint.flag("private_dns_enabled", False):
        return
    vpc = vpc_of(endpoint)
    if vpc is None or vpc.mode != "managed":
        return
    missing = []
    if not vpc.flag("enable_dns_support", True):
        missing.append("enable_dns_support")
    if not vpc.flag("enable_dns_hostnames", vpc.type == "aws_default_vpc"):
        missing.append("enable_dns_hostnames")
    if missing:
        yield Problem(
            endpoint,
            "private_dns_enabled",
            f"private_dns_enabled is true, and {' and '.join(missing)} of {vpc.address} is not: AWS refuses the "
            "endpoint.",
            fix=f"Set {' and '.join(f'{one} = true' for one in missing)} in {vpc.address}.",
            also={f"{vpc.address}.{one}": vpc.shown(one) for one in missing},
        )
