"""A global database that names a source cluster and an engine, or not what becomes of its members."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules._checks import is_stated

RULE = Rule(
    id="aurora-global-source-conflict",
    title="Global database made from a cluster, with an engine of its own",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A global database that is made from a cluster (`source_db_cluster_identifier`) takes its engine from it, "
        "and the provider refuses another beside it. It also wants `force_destroy` with it, which says whether "
        "members are taken out of the global database when that is destroyed."
    ),
    aws_error='"engine": conflicts with source_db_cluster_identifier',
    confirmed=True,
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
  force_destroy                = true
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
    if whole.value("force_destroy") is None:
        yield Problem(
            whole,
            "force_destroy",
            "source_db_cluster_identifier is given and force_destroy is not: the provider wants to be told what "
            "becomes of the members.",
            fix="Set force_destroy to true.",
            aws_error=(
                '"source_db_cluster_identifier": all of `force_destroy,source_db_cluster_identifier` must be specified'
            ),
        )
    if is_stated(whole, "engine"):
        yield Problem(
            whole,
            "engine",
            f"engine is {whole.shown('engine')} beside source_db_cluster_identifier: it comes from the source cluster.",
            fix="Remove engine.",
            change=Change(whole, "engine", None),
        )
