"""A replica of a key in the region of the key itself."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.kms import _regions as regions

RULE = Rule(
    id="kms-replica-same-region",
    title="Replica in the region of its primary",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A multi-Region key has one key in each region. A replica in the primary's region already exists: it is "
        "the primary."
    ),
    aws_error="AlreadyExistsException: A key with the specified primary already exists in this region",
    sources=("https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html",),
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
  multi_region        = true
}

resource "aws_kms_replica_key" "other" {
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

resource "aws_kms_replica_key" "other" {
  provider        = aws.west
  primary_key_arn = aws_kms_key.payments.arn
}
""",
)


@RULE.check
def check(replica: Resource, _: Context) -> Iterator[Problem]:
    """Compare the regions."""
    primary = replica.target("primary_key_arn", "aws_kms_key", "aws_kms_external_key")
    if primary is None or primary.mode != "managed":
        return
    if regions.is_same(replica, primary):
        here = replica.region if isinstance(replica.region, str) else "the region of one provider"
        yield Problem(
            replica,
            "primary_key_arn",
            f"The replica and its primary {primary.address} are both in {here}, which can have one only.",
            fix="Give the replica the provider of another region.",
            also={"region": here},
        )
