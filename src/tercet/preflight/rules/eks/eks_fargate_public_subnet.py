"""Fargate profiles in public subnets."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.network import is_public, subnets_in
from tercet.preflight.rule import Context, Problem, Rule

_HEAD = """
resource "aws_vpc" "payments" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "payments" {
  vpc_id = aws_vpc.payments.id
}

resource "aws_subnet" "payments" {
  for_each          = { us-east-1a = 10, us-east-1b = 11 }
  vpc_id            = aws_vpc.payments.id
  availability_zone = each.key
  cidr_block        = cidrsubnet("10.0.0.0/16", 8, each.value)
}

resource "aws_route_table_association" "payments" {
  for_each       = aws_subnet.payments
  subnet_id      = each.value.id
  route_table_id = aws_route_table.payments.id
}

resource "aws_route_table" "payments" {
  vpc_id = aws_vpc.payments.id

  route {
    cidr_block = "0.0.0.0/0"
    TARGET
  }
}

resource "aws_eks_fargate_profile" "payments" {
  cluster_name           = "payments-dev"
  fargate_profile_name   = "payments"
  pod_execution_role_arn = "arn:aws:iam::123456789012:role/payments-pods-dev"
  subnet_ids             = [for subnet in aws_subnet.payments : subnet.id]

  selector {
    namespace = "payments"
  }
}
"""

RULE = Rule(
    id="eks-fargate-public-subnet",
    title="A Fargate profile in a public subnet",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Pods on Fargate have no public address, and EKS takes only subnets without a route to an internet gateway."
    ),
    aws_error="InvalidParameterException: Subnet subnet-<id> provided in Fargate Profile is not a private subnet",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/eks/latest/userguide/fargate-profile.html",
        "https://github.com/awslabs/eks-perf-tests/issues/195",
    ),
    resources=("aws_eks_fargate_profile",),
    failing=_HEAD.replace("TARGET", "gateway_id = aws_internet_gateway.payments.id"),
    passing=_HEAD.replace("TARGET", 'transit_gateway_id = "tgw-0123456789abcdef0"'),
)


@RULE.check
def check(profile: Resource, _context: Context) -> Iterator[Problem]:
    """Follow the default route of each subnet."""
    for subnet in subnets_in(profile, "subnet_ids"):
        if is_public(subnet):
            yield Problem(
                profile,
                "subnet_ids",
                f"{subnet.address} is public: its default route leads to an internet gateway.",
                fix="Name private subnets, whose default route leads to a NAT gateway.",
                also={"subnet": subnet.address},
            )
            return
