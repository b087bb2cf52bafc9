"""A cluster whose key is in another region."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.kms import _regions as regions

RULE = Rule(
    id="aurora-kms-wrong-region",
    title="Cluster encrypted with a key of another region",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A KMS key works in its own region only. The key of a cluster must be one of the region where the cluster "
        "is; across regions use a key of each, or a multi-Region key with an `aws_kms_replica_key`."
    ),
    aws_error=(
        "KMSKeyNotAccessibleFault: The specified KMS key <key> does not exist, is not enabled or you do not have "
        "permissions to access it."
    ),
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html",),
    resources=("aws_rds_cluster",),
    failing="""
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

resource "aws_kms_key" "west" {
  provider            = aws.west
  enable_key_rotation = true
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  kms_key_id                  = aws_kms_key.west.arn
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

resource "aws_kms_key" "east" {
  enable_key_rotation = true
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  kms_key_id                  = aws_kms_key.east.arn
}
""",
)


@RULE.check
def check(cluster: Resource, _: Context) -> Iterator[Problem]:
    """Compare the regions."""
    if (wrong := regions.elsewhere(cluster, "kms_key_id")) is None:
        return
    key, there, here = wrong
    yield Problem(
        cluster,
        "kms_key_id",
        f"kms_key_id is {key}, a key in {there}, and the cluster is in {here}: a key works in its own region only; the "
        "apply stops.",
        fix=f"Take a key in {here}; an aws_kms_replica_key there, if it is to be the same.",
        also={"key's region": there, "cluster's region": here},
    )
