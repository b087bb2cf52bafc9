"""An instance that neither skips its final snapshot nor names it."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="rds-final-snapshot-missing",
    title="Instance that cannot be destroyed for want of a snapshot name",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A destroyed instance leaves a final snapshot unless `skip_final_snapshot` is true, and the snapshot "
        "needs a name. Without either, Terraform makes the instance and then refuses to destroy or replace it. "
        "Replicas leave none."
    ),
    aws_error="final_snapshot_identifier is required when skip_final_snapshot is false",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html",),
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
}
""",
)


@RULE.check
def check(instance: Resource, _: Context) -> Iterator[Problem]:
    """Look for the one or the other."""
    if instance.value("final_snapshot_identifier") not in (None, "") or instance.value("replicate_source_db") not in (
        None,
        "",
    ):
        return
    if instance.flag("skip_final_snapshot", False):
        return
    yield Problem(
        instance,
        "final_snapshot_identifier",
        f"skip_final_snapshot is {'false' if instance.has('skip_final_snapshot') else 'not set'} and there is no "
        "final_snapshot_identifier: the instance cannot be destroyed.",
        fix="Set skip_final_snapshot to true, or name the snapshot with final_snapshot_identifier.",
    )
