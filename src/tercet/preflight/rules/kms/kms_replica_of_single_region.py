"""A replica of a key that is not multi-Region."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="kms-replica-of-single-region",
    title="Replica of a key that has no replicas",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Only a multi-Region primary key can be replicated. Whether a key is one is decided when it is made "
        "(`multi_region = true`) and never changes."
    ),
    aws_error="UnsupportedOperationException: <key ARN> is not a multi-Region primary key",
    sources=("https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-replicate.html",),
    resources=(
        "aws_kms_replica_key",
        "aws_kms_replica_external_key",
    ),
    failing="""
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

resource "aws_kms_key" "payments" {
  enable_key_rotation = true
}

resource "aws_kms_replica_key" "west" {
  provider        = aws.west
  primary_key_arn = aws_kms_key.payments.arn
}
""",
    passing="""
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

resource "aws_kms_key" "payments" {
  enable_key_rotation = true
  multi_region        = true
}

resource "aws_kms_replica_key" "west" {
  provider        = aws.west
  primary_key_arn = aws_kms_key.payments.arn
}
""",
)


@RULE.check
def check(replica: Resource, _: Context) -> Iterator[Problem]:
    """Look at the primary."""
    primary = replica.target("primary_key_arn", "aws_kms_key", "aws_kms_external_key", *_REPLICAS)
    if primary is None or primary is replica or primary.mode != "managed":
        return
    if primary.type in _REPLICAS:
        said, fix = "is a replica itself", "Take the primary's ARN."
    elif primary.flag("multi_region", False):
        return
    else:
        said, fix = "is not multi-Region", f"Set multi_region to true on {primary.address}: Terraform makes a new key."
    yield Problem(
        replica,
        "primary_key_arn",
        f"primary_key_arn is {primary.address}, which {said}: only a multi-Region primary key can be replicated; the "
        "apply stops.",
        fix=fix,
    )


_REPLICAS = ("aws_kms_replica_key", "aws_kms_replica_external_key")
