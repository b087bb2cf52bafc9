"""An encrypted secondary cluster that does not name a key of its own region."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-global-secondary-kms",
    title="Encrypted secondary in another region without a key",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The primary's key does not exist in the secondary's region, and AWS takes no default for it: the "
        "secondary of an encrypted global database needs `kms_key_id`, a key of its own region. The primary needs "
        "none. `aws_kms_key` cannot make a replica of a key: that is `aws_kms_replica_key`; any other key of the "
        "region serves as well."
    ),
    aws_error=(
        "InvalidParameterCombination: For encrypted cross-region replica, kmsKeyId should be explicitly specified"
    ),
    confirmed=True,
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/issues/13715",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-attach.html",
    ),
    resources=("aws_rds_cluster",),
    failing="""
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

variable "master_password" {
  type      = string
  sensitive = true
}

resource "aws_rds_global_cluster" "payments" {
  global_cluster_identifier = "payments-dev"
  engine                    = "aurora-mysql"
  storage_encrypted         = true
}

resource "aws_rds_cluster" "primary" {
  cluster_identifier        = "primary-dev"
  engine                    = "aurora-mysql"
  master_username           = "payments"
  master_password           = var.master_password
  storage_encrypted         = true
  skip_final_snapshot       = true
  global_cluster_identifier = aws_rds_global_cluster.payments.id
}

resource "aws_rds_cluster" "secondary" {
  provider                  = aws.west
  cluster_identifier        = "secondary-dev"
  engine                    = "aurora-mysql"
  storage_encrypted         = true
  skip_final_snapshot       = true
  global_cluster_identifier = aws_rds_global_cluster.payments.id
  depends_on                = [aws_rds_cluster.primary]
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

variable "master_password" {
  type      = string
  sensitive = true
}

resource "aws_rds_global_cluster" "payments" {
  global_cluster_identifier = "payments-dev"
  engine                    = "aurora-mysql"
  storage_encrypted         = true
}

resource "aws_rds_cluster" "primary" {
  cluster_identifier        = "primary-dev"
  engine                    = "aurora-mysql"
  master_username           = "payments"
  master_password           = var.master_password
  storage_encrypted         = true
  skip_final_snapshot       = true
  global_cluster_identifier = aws_rds_global_cluster.payments.id
}

resource "aws_kms_key" "west" {
  provider            = aws.west
  enable_key_rotation = true
}

resource "aws_rds_cluster" "secondary" {
  provider                  = aws.west
  cluster_identifier        = "secondary-dev"
  engine                    = "aurora-mysql"
  storage_encrypted         = true
  skip_final_snapshot       = true
  global_cluster_identifier = aws_rds_global_cluster.payments.id
  kms_key_id                = aws_kms_key.west.arn
  depends_on                = [aws_rds_cluster.primary]
}
""",
)


@RULE.check
def check(cluster: Resource, _: Context) -> Iterator[Problem]:
    """Look for a secondary without a key."""
    if cluster.value("kms_key_id") not in (None, "") or not engines.is_secondary(cluster):
        return
    if not (because := _encrypted(cluster)) or not _elsewhere(cluster):
        return
    region = cluster.region if isinstance(cluster.region, str) else "its region"
    yield Problem(
        cluster,
        "kms_key_id",
        f"The cluster is a secondary of an encrypted global database ({because}) and has no kms_key_id: the primary's "
        "key does not exist in this region, and AWS takes no other by itself; the apply stops.",
        fix=f"Set kms_key_id to the ARN of a key in {region}.",
    )


def _encrypted(cluster: Resource) -> str:
    """Say what makes the global database encrypted; nothing where it surely is not."""
    if cluster.flag("storage_encrypted", False):
        return "storage_encrypted is true"
    for one in engines.globals_of(cluster):
        if one.flag("storage_encrypted", False):
            return f"{one.address}.storage_encrypted is true"
        primary = engines.primary_of(one)
        if primary is not None and primary.flag("storage_encrypted", False):
            return f"{primary.address}.storage_encrypted is true"
    return ""


def _elsewhere(cluster: Resource) -> bool:
    """Tell whether the cluster is in another region than the primary; a secondary always is."""
    for one in engines.globals_of(cluster):
        primary = engines.primary_of(one)
        if primary is not None and isinstance(primary.region, str) and isinstance(cluster.region, str):
            return primary.region != cluster.region
    return True
