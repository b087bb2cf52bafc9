"""Databases, file systems and volumes that are not encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="storage-unencrypted",
    title="Storage without encryption",
    severity=Severity.SECURITY,
    rationale=(
        "What is stored without encryption can be read by who gets at a snapshot or a disk, and most of it cannot "
        "be encrypted later: it has to be made anew. Without `storage_encrypted` or `encrypted` the configuration "
        "leaves it to the defaults of the account and the service. What is made of another database is encrypted "
        "as that one is, and is not reported."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html",
        "https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html",
        "https://docs.aws.amazon.com/efs/latest/ug/encryption.html",
    ),
    resources=(
        "aws_db_instance",
        "aws_docdb_cluster",
        "aws_ebs_volume",
        "aws_efs_file_system",
        "aws_neptune_cluster",
        "aws_rds_cluster",
        "aws_redshift_cluster",
    ),
    failing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  skip_final_snapshot         = true
}
""",
    passing="""
resource "aws_rds_cluster" "payments" {
  cluster_identifier          = "payments-dev"
  engine                      = "aurora-mysql"
  master_username             = "payments"
  manage_master_user_password = true
  storage_encrypted           = true
  skip_final_snapshot         = true
}
""",
)


@RULE.check
def check(storage: Resource, _: Context) -> Iterator[Problem]:
    """Look for the switch."""
    argument = "storage_encrypted" if "storage" in storage.type or storage.type in _DATABASES else "encrypted"
    if any(storage.value(name) not in (None, "", []) for name in _MADE_OF_ANOTHER):
        return
    if not storage.has(argument) and storage.type in _ENCRYPTED_BY_DEFAULT:
        return
    if storage.flag(argument, False):
        return
    if not storage.has(argument) and storage.value("kms_key_id") not in (None, ""):
        return  # a key without encryption is another rule's
    said = "false" if storage.has(argument) else "not set"
    yield Problem(
        storage,
        argument,
        f"{argument} is {said}: what is stored is not encrypted, and cannot be encrypted in place later.",
        fix=f"Set {argument} to true.",
        change=Change(storage, argument, True),
    )


_DATABASES = ("aws_db_instance", "aws_docdb_cluster", "aws_neptune_cluster", "aws_rds_cluster")
_ENCRYPTED_BY_DEFAULT = ("aws_redshift_cluster",)
_MADE_OF_ANOTHER = (
    "snapshot_identifier",
    "snapshot_id",
    "snapshot_arn",
    "replicate_source_db",
    "replication_source_identifier",
    "restore_to_point_in_time",
    "global_cluster_identifier",
)
