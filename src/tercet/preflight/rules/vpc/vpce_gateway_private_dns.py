"""A gateway endpoint with what only interface endpoints have."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import endpoints_of, is_interface, service_of, vpc_of
from tercet.preflight.rule import Context, Problem, Rule

_ONLY_INBOUND = "private_dns_only_for_inbound_resolver_endpoint"
_REFUSED = {
    "subnet_ids": "InvalidParameter: Subnet IDs are only supported for Interface and GatewayLoadBalancer type VPC "
    "Endpoints.",
    "security_group_ids": "InvalidParameter: Security Group IDs are only supported for Interface type VPC Endpoint.",
    "private_dns_enabled": "InvalidParameter: Private DNS can only be enabled for Interface type VPC Endpoints.",
}

RULE = Rule(
    id="vpce-gateway-private-dns",
    title="A gateway endpoint with arguments of an interface endpoint",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A gateway endpoint (S3, DynamoDB; Terraform's default type) is a route, and has neither subnets nor "
        "security groups nor private DNS. An S3 interface endpoint whose private DNS is only for inbound resolvers, "
        "as it is without dns_options, needs an S3 gateway endpoint in the same VPC."
    ),
    aws_error=_REFUSED["subnet_ids"],
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
        "https://github.com/nanlabs/terraform-aws-starter/issues/18",
        "https://github.com/hashicorp/terraform-provider-aws/issues/32407",
        "https://github.com/terraform-aws-modules/terraform-aws-vpc/issues/982",
    ),
    resources=("aws_vpc_endpoint",),
    failing="""
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id       = aws_vpc.payments.id
  service_name = "com.amazonaws.us-east-1.dynamodb"
  subnet_ids   = [aws_subnet.private.id]
}
""",
    passing="""
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.payments.id
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.payments.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}

resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id            = aws_vpc.payments.id
  service_name      = "com.amazonaws.us-east-1.dynamodb"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.private.id]
}
""",
)


@RULE.check
def check(endpoint: Resource, context: Context) -> Iterator[Problem]:
    """Look for arguments that the endpoint's type does not have."""
    del context
    if is_interface(endpoint):
        yield from _without_gateway(endpoint)
        return
    if endpoint.text("vpc_endpoint_type", "Gateway") != "Gateway":
        return
    for argument, error in _REFUSED.items():
        given = endpoint.flag(argument, False) if argument == "private_dns_enabled" else endpoint.items(argument)
        if given:
            yield Problem(
                endpoint,
                argument,
                f"{argument} is given, and the endpoint's type is Gateway, which has none: AWS refuses it.",
                fix=f'Set vpc_endpoint_type = "Interface", or remove {argument} and give route_table_ids.',
                aws_error=error,
                also={"vpc_endpoint_type": endpoint.text("vpc_endpoint_type", "Gateway (the default)") or ""},
            )


def _without_gateway(endpoint: Resource) -> Iterator[Problem]:
    options = endpoint.block("dns_options")
    if not endpoint.flag("private_dns_enabled", False) or (options and not options.flag(_ONLY_INBOUND, False)):
        return
    if service_of(endpoint) != "s3":
        return
    vpc = vpc_of(endpoint)
    if vpc is None or vpc.mode != "managed" or vpc.is_passed_out():
        return
    if any(not is_interface(one) and service_of(one) == "s3" for one in endpoints_of(vpc)):
        return
    said = f"{_ONLY_INBOUND} is true" if options else f"{_ONLY_INBOUND} is not set, which counts as true"
    yield Problem(
        options or endpoint,
        _ONLY_INBOUND if options else "private_dns_enabled",
        f"{said}, and {vpc.address} has no gateway endpoint for S3: AWS refuses the endpoint.",
        fix=f"Add an S3 gateway endpoint to {vpc.address}, or set {_ONLY_INBOUND} = false in dns_options.",
        aws_error=(
            "InvalidParameter: To set PrivateDnsOnlyForInboundResolverEndpoint to true, the VPC vpc-<id> must have a "
            "Gateway endpoint for the service."
        ),
    )
