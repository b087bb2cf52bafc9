"""A global database and its primary cluster that differ in encryption."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-global-encryption",
    title="Global database and primary differ in encryption",
    severity=Severity.ADVICE,
    rationale=(
        "`storage_encrypted` of `aws_rds_global_cluster` is false unless it is set, and what it says holds for "
        "the whole global database: its members are to say the same. Where they differ, AWS may refuse the "
        "primary, and every later plan may want to make the global database anew. One that is made from an "
        "existing cluster (`source_db_cluster_identifier`) takes the cluster's."
    ),
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateGlobalCluster.html",),
    resources=("aws_rds_cluster",),
    failing="""
variable "master_password" {
  type      = string
  sensitive = true
}

resource "aws_rds_global_cluster" "payments" {
  global_cluster_identifier = "payments-dev"
  engine                    = "aurora-mysql"
  storage_encrypted         = false
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier        = "payments-dev"
  engine                    = "aurora-mysql"
  master_username           = "payments"
  master_password           = var.master_password
  storage_encrypted         = true
  skip_final_snapshot       = true
  global_cluster_identifier = aws_rds_global_cluster.payments.id
}
""",
    passing="""
variable "master_password" {
  type      = string
  sensitive = true
}

resource "aws_rds_global_cluster" "payments" {
  global_cluster_identifier = "payments-dev"
  engine                    = "aurora-mysql"
  storage_encrypted         = true
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier        = "payments-dev"
  engine                    = "aurora-mysql"
  master_username           = "payments"
  master_password           = var.master_password
  storage_encrypted         = true
  skip_final_snapshot       = true
  global_cluster_identifier = aws_rds_global_cluster.payments.id
}
""",
)


@RULE.check
def check(cluster: Resource, _: Context) -> Iterator[Problem]:
    """Compare the two."""
    owner = cluster.target("global_cluster_identifier", "aws_rds_global_cluster")
    if owner is None or owner.has("source_db_cluster_identifier") or not engines.has_credentials(cluster):
        return
    whole, own = owner.flag("storage_encrypted", False), cluster.flag("storage_encrypted", False)
    if whole == own:
        return
    yield Problem(
        cluster,
        "storage_encrypted",
        f"storage_encrypted is {str(own).lower()} and {owner.address}.storage_encrypted is {str(whole).lower()}: a "
        "global database and its primary are to say the same.",
        fix=f"Set storage_encrypted to true on {cluster.address} and on {owner.address}.",
        also={f"{owner.address}.storage_encrypted": str(whole).lower()},
    )
