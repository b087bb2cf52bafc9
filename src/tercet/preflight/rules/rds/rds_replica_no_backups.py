"""A replica of an instance that keeps no backups."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="rds-replica-no-backups",
    title="Replica of an instance without backups",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A replica is made from the source's automated backups: the source's `backup_retention_period` must be "
        "over 0. In Terraform it is 0 unless it is set."
    ),
    aws_error=(
        "InvalidDBInstanceState: Automated backups are not enabled for this database instance. To enable "
        "automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value."
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html",),
    resources=("aws_db_instance",),
    failing="""
resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}

resource "aws_db_instance" "reader" {
  identifier          = "payments-reader-dev"
  replicate_source_db = aws_db_instance.payments.identifier
  instance_class      = "db.m6g.large"
  storage_encrypted   = true
  skip_final_snapshot = true
}
""",
    passing="""
resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  backup_retention_period     = 7
}

resource "aws_db_instance" "reader" {
  identifier          = "payments-reader-dev"
  replicate_source_db = aws_db_instance.payments.identifier
  instance_class      = "db.m6g.large"
  storage_encrypted   = true
  skip_final_snapshot = true
}
""",
)


@RULE.check
def check(replica: Resource, _: Context) -> Iterator[Problem]:
    """Look at the source."""
    if replica.value("replicate_source_db") in (None, ""):
        return
    source = replica.target("replicate_source_db", "aws_db_instance")
    if source is None or source is replica or source.value("replicate_source_db") not in (None, ""):
        return
    if any(source.has(name) for name in ("snapshot_identifier", "restore_to_point_in_time")):
        return
    if source.number("backup_retention_period", 0):
        return
    days = source.shown("backup_retention_period") if source.has("backup_retention_period") else "0 (not set)"
    yield Problem(
        replica,
        "replicate_source_db",
        f"The source {source.address} has backup_retention_period {days}: without backups it cannot have a replica; "
        "the apply stops.",
        fix=f"Set backup_retention_period of {source.address} to 1 or more.",
    )
