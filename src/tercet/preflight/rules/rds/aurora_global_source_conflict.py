"""A global database that names both a source cluster and what it takes from it."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="aurora-global-source-conflict",
    title="Global database made from a cluster, with an engine of its own",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A global database that is made from a cluster (`source_db_cluster_identifier`) takes its engine, its "
        "version, its database and its encryption from it; AWS and Terraform refuse them beside it."
    ),
    aws_error='"engine": conflicts with source_db_cluster_identifier',
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateGlobalCluster.html",),
    resources=("aws_rds_global_cluster",),
    failing="""
variable "master_password" {
  type      = string
  sensitive = true
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier  = "payments-dev"
  engine              = "aurora-mysql"
  master_username     = "payments"
  master_password     = var.master_password
  storage_encrypted   = true
  skip_final_snapshot = true
}

resource "aws_rds_global_cluster" "payments" {
  global_cluster_identifier    = "payments-dev"
  source_db_cluster_identifier = aws_rds_cluster.payments.arn
  engine                       = "aurora-mysql"
}
""",
    passing="""
variable "master_password" {
  type      = string
  sensitive = true
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier  = "payments-dev"
  engine              = "aurora-mysql"
  master_username     = "payments"
  master_password     = var.master_password
  storage_encrypted   = true
  skip_final_snapshot = true
}

resource "aws_rds_global_cluster" "payments" {
  global_cluster_identifier    = "payments-dev"
  source_db_cluster_identifier = aws_rds_cluster.payments.arn
  force_destroy                = true
}
""",
)


@RULE.check
def check(whole: Resource, _: Context) -> Iterator[Problem]:
    """Look for what the source says already."""
    if whole.value("source_db_cluster_identifier") in (None, ""):
        return
    for name in _TAKEN:
        if whole.value(name) not in (None, ""):
            yield Problem(
                whole,
                name,
                f"{name} is {whole.shown(name)} beside source_db_cluster_identifier: it comes from the source cluster.",
                fix=f"Remove {name}.",
            )


_TAKEN = ("engine",)
"""Only this one is refused by the provider too; the others it may read back from the source."""
