"""A database with a key for its storage and without encryption."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules._checks import is_stated

RULE = Rule(
    id="rds-key-without-encryption",
    title="Key given, encryption not turned on",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`kms_key_id` says with which key, `storage_encrypted` that it is encrypted at all. The key alone is refused."
    ),
    aws_error=(
        "InvalidParameterCombination: You must enable StorageEncrypted when you specify KmsKeyId for DB engine <engine>"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html",
        "https://github.com/aquasecurity/tfsec/issues/495",
    ),
    resources=(
        "aws_db_instance",
        "aws_rds_cluster",
    ),
    failing="""
resource "aws_kms_key" "payments" {
  enable_key_rotation = true
}

resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  skip_final_snapshot         = true
  kms_key_id                  = aws_kms_key.payments.arn
}
""",
    passing="""
resource "aws_kms_key" "payments" {
  enable_key_rotation = true
}

resource "aws_db_instance" "payments" {
  identifier                  = "payments-dev"
  engine                      = "mysql"
  instance_class              = "db.m6g.large"
  allocated_storage           = 50
  username                    = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
  kms_key_id                  = aws_kms_key.payments.arn
}
""",
)


@RULE.check
def check(database: Resource, _: Context) -> Iterator[Problem]:
    """Look for a key alone."""
    if database.value("kms_key_id") in (None, "") or any(database.has(name) for name in _FROM_ELSEWHERE):
        return
    if database.flag("storage_encrypted", False) or not is_stated(database, "kms_key_id"):
        return
    yield Problem(
        database,
        "storage_encrypted",
        f"kms_key_id is {database.shown('kms_key_id')} and storage_encrypted is "
        f"{'false' if database.has('storage_encrypted') else 'not set'}: the key is refused without encryption.",
        fix="Set storage_encrypted to true.",
        change=Change(database, "storage_encrypted", True),
        also={"kms_key_id": database.shown("kms_key_id")},
    )


_FROM_ELSEWHERE = (
    "snapshot_identifier",
    "replicate_source_db",
    "replication_source_identifier",
    "restore_to_point_in_time",
    "global_cluster_identifier",
)
"""What is made of another database is encrypted as that one is."""
