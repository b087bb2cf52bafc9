"""Clusters that EKS does not make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.network import count_of, subnets_in, zones_of
from tercet.preflight.rule import Context, Problem, Rule

_VERSION: Final = re.compile(r"\d\.\d\d")

_EXAMPLE = """
resource "aws_eks_cluster" "payments" {
  name     = "payments-dev"
  role_arn = "arn:aws:iam::123456789012:role/payments-cluster-dev"
  version  = VERSION

  vpc_config {
    subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    }
  }
}
"""

RULE = Rule(
    id="eks-cluster-arguments",
    title="A cluster's version, endpoint or subnets that EKS does not take",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A version is text such as 1.33: without quotes 1.30 is the number 1.3, which is no version, and a patch "
        "number belongs to none. A cluster's endpoint is public, private or both. Its subnets are in two zones at "
        "least, and only secrets are encrypted."
    ),
    aws_error="InvalidParameterException: unsupported Kubernetes version",
    sources=(
        "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html",
        "https://github.com/awsdocs/amazon-eks-user-guide/pull/795",
    ),
    resources=("aws_eks_cluster",),
    failing=_EXAMPLE.replace("VERSION", "1.30"),
    passing=_EXAMPLE.replace("VERSION", '"1.33"'),
)


@RULE.check
def check(cluster: Resource, _context: Context) -> Iterator[Problem]:
    """Look at version, encryption, endpoint and zones."""
    version = cluster.value("version")
    if isinstance(version, str | int | float) and not _VERSION.fullmatch(cluster.text("version") or ""):
        yield Problem(
            cluster,
            "version",
            f"version is {cluster.text('version')}, which is no version of Kubernetes that EKS has.",
            fix='Write it in quotes, with two numbers: "1.33".',
        )
    for block in cluster.blocks("encryption_config"):
        if wrong := [one for one in block.texts("resources") if one != "secrets"]:
            yield Problem(
                block,
                "resources",
                f"{block.named('resources')} has {wrong[0]}; EKS encrypts secrets.",
                fix='Write resources = ["secrets"].',
                aws_error=f'expected encryption_config.0.resources.0 to be one of ["secrets"], got {wrong[0]}',
            )
    for block in cluster.blocks("vpc_config"):
        yield from _network(block)


def _network(block: Block) -> Iterator[Problem]:
    if block.flag("endpoint_public_access", True) is False and not block.flag("endpoint_private_access", False):
        yield Problem(
            block,
            "endpoint_private_access",
            "endpoint_public_access is false and endpoint_private_access is not true: nobody reaches the cluster.",
            fix="Set endpoint_private_access = true.",
            aws_error="InvalidParameterException: Private and public endpoint access cannot both be false",
            also={"endpoint_public_access": "false"},
        )
    if block.owner.has("outpost_config"):
        return  # an Outpost is in one zone
    subnets = subnets_in(block, "subnet_ids")
    zones = zones_of(subnets)
    if subnets and count_of(zones)[1] < 2:
        yield Problem(
            block,
            "subnet_ids",
            f"subnet_ids names {', '.join(one.address for one in subnets)}, all in {zones[0]}; EKS wants two zones.",
            fix="Add a subnet of another zone.",
            aws_error="InvalidParameterException: Subnets specified must be in at least two different AZs",
            also={"zone": str(zones[0])},
        )
