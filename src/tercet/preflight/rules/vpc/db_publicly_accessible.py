"""A database with a public address."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

_HEAD = """
resource "aws_db_instance" "ledger" {
  identifier                  = "payments-ledger-dev"
  engine                      = "postgres"
  instance_class              = "db.m6g.large"
  allocated_storage           = 20
  username                    = "ledger"
  manage_master_user_password = true
  storage_encrypted           = true
  multi_az                    = true
  skip_final_snapshot         = true
  publicly_accessible         = %s
}
"""

RULE = Rule(
    id="db-publicly-accessible",
    title="A database is publicly accessible",
    severity=Severity.SECURITY,
    rationale=(
        "`publicly_accessible` gives a database an address on the internet; its security groups are then all that "
        "stands before it."
    ),
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",),
    resources=(
        "aws_db_instance",
        "aws_rds_cluster_instance",
        "aws_redshift_cluster",
        "aws_dms_replication_instance",
        "aws_mq_broker",
        "aws_neptune_cluster_instance",
    ),
    failing=_HEAD % "true",
    passing=_HEAD % "false",
)


@RULE.check
def check(database: Resource, context: Context) -> Iterator[Problem]:
    """Look at the one argument."""
    del context
    if database.flag("publicly_accessible", False):
        yield Problem(
            database,
            "publicly_accessible",
            f"publicly_accessible is true: {database.address} has an address on the internet.",
            fix="Set publicly_accessible = false.",
            change=Change(database, "publicly_accessible", False),
        )
