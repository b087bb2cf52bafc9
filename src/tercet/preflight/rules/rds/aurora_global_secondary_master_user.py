"""A secondary cluster of a global database that sets a user, a password or a database."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._checks import is_stated
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-global-secondary-master-user",
    title="Secondary cluster with credentials of its own",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A secondary is a copy of the primary, users, passwords and databases included. Setting "
        "`master_username`, `master_password` or `database_name` on it is refused."
    ),
    aws_error="InvalidParameterCombination: Cannot specify user name for cross region replication cluster",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-getting-started.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/10188",
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

resource "aws_kms_key" "west" {
  provider            = aws.west
  enable_key_rotation = true
}

resource "aws_rds_cluster" "secondary" {
  provider                  = aws.west
  cluster_identifier        = "secondary-dev"
  engine                    = "aurora-mysql"
  master_username           = "payments"
  master_password           = var.master_password
  storage_encrypted         = true
  skip_final_snapshot       = true
  global_cluster_identifier = aws_rds_global_cluster.payments.id
  kms_key_id                = aws_kms_key.west.arn
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
    """Look for what a secondary may not have."""
    if not engines.is_global_member(cluster) or all(cluster.value(name) in (None, "") for name in _COPIED):
        return
    if not _is_secondary(cluster) or not (given := [name for name in _COPIED if is_stated(cluster, name)]):
        return
    yield Problem(
        cluster,
        "global_cluster_identifier",
        f"The cluster is a secondary of a global database and sets {' and '.join(given)}: it has the primary's; the "
        "apply stops.",
        fix=f"Remove {' and '.join(given)}.",
        also=dict.fromkeys(given, "(given)"),
    )


_COPIED = ("master_username", "master_password", "master_password_wo", "database_name")


def _is_secondary(cluster: Resource) -> bool:
    """Tell whether the cluster is not the primary, or comes after another member that has credentials too."""
    for one in engines.globals_of(cluster):
        if engines.primary_of(one) is not None:
            return engines.is_secondary(cluster)
        rivals = [other for other in engines.members_of(one) if engines.has_credentials(other)]
        rivals.sort(key=_has_an_alias)  # the primary is mostly where the configuration's own region is
        return len(rivals) > 1 and cluster in rivals[1:]
    return False


def _has_an_alias(cluster: Resource) -> bool:
    return "." in cluster.provider.rpartition("provider.")[2]
