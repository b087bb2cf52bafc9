"""An instance of class db.t in a cluster of a global database."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.rds import _engines as engines

RULE = Rule(
    id="aurora-global-instance-class",
    title="Burstable instance in a global database",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The members of a global database need instances of the classes db.r5 or newer, or db.serverless; the "
        "burstable classes db.t2, db.t3 and db.t4g are refused."
    ),
    aws_error=(
        "InvalidParameterCombination: RDS does not support creating a DB instance with the following combination: "
        "DBInstanceClass=<class>, ... for global databases"
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-getting-started.html#aurora-global-database.configuration.requirements",
    ),
    resources=("aws_rds_cluster_instance",),
    failing="""
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

resource "aws_rds_cluster_instance" "payments" {
  cluster_identifier = aws_rds_cluster.payments.id
  engine             = aws_rds_cluster.payments.engine
  instance_class     = "db.t4g.medium"
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

resource "aws_rds_cluster_instance" "payments" {
  cluster_identifier = aws_rds_cluster.payments.id
  engine             = aws_rds_cluster.payments.engine
  instance_class     = "db.r6g.large"
}
""",
)


@RULE.check
def check(instance: Resource, _: Context) -> Iterator[Problem]:
    """Compare the class."""
    chosen = instance.text("instance_class", "") or ""
    if not chosen.startswith("db.t"):
        return
    cluster = engines.cluster_of(instance)
    if cluster is None or not engines.is_global_member(cluster):
        return
    yield Problem(
        instance,
        "instance_class",
        f"instance_class is {chosen} and {cluster.address} is a member of a global database, which takes no burstable "
        "instances; the apply stops.",
        fix="Take a class such as db.r6g.large.",
    )
