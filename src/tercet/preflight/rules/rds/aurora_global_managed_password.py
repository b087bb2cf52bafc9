"""`manage_master_user_password` on a member of a global database."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-global-managed-password",
    title="Managed master password in a global database",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Secrets Manager cannot manage the master password of a cluster that is part of a global database: AWS "
        "refuses the cluster, or its joining the global database."
    ),
    aws_error=(
        "InvalidParameterCombination: ManageMasterUserPassword isn't supported for DB clusters that are part of a "
        "global database"
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations",
    ),
    resources=("aws_rds_cluster",),
    failing="""
resource "aws_rds_global_cluster" "payments" {
  global_cluster_identifier = "payments-dev"
  engine                    = "aurora-mysql"
  storage_encrypted         = true
}

resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  global_cluster_identifier   = aws_rds_global_cluster.payments.id
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
    """Look for the managed password on a member."""
    if not cluster.has("manage_master_user_password") or not engines.is_global_member(cluster):
        return
    if not cluster.flag("manage_master_user_password"):
        return
    yield Problem(
        cluster,
        "manage_master_user_password",
        "manage_master_user_password is true and the cluster is a member of a global database: Secrets Manager does "
        "not manage passwords there; the apply stops.",
        fix="On the primary take master_password from a secret; on a secondary remove manage_master_user_password.",
    )
