"""A backup vault, or a bucket, whose lock nobody can take off, where the intent is that it can be destroyed."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="destroy-vault-locked",
    title="Vault that is locked for good",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A vault lock in compliance mode (`changeable_for_days`) becomes final after those days: from then on "
        "neither the lock nor backups under it can be deleted, by nobody, until they expire; object lock in the "
        "mode COMPLIANCE does the same to objects."
    ),
    aws_error="InvalidRequestException: Backup vault cannot be deleted because it contains recovery points.",
    sources=("https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",),
    resources=(
        "aws_backup_vault_lock_configuration",
        "aws_s3_bucket_object_lock_configuration",
    ),
    intent=Intent(destroyable=True),
    failing="""
resource "aws_backup_vault" "payments" {
  name          = "payments-dev"
  force_destroy = true
}

resource "aws_backup_vault_lock_configuration" "payments" {
  backup_vault_name   = aws_backup_vault.payments.name
  min_retention_days  = 7
  changeable_for_days = 3
}
""",
    passing="""
resource "aws_backup_vault" "payments" {
  name          = "payments-dev"
  force_destroy = true
}

resource "aws_backup_vault_lock_configuration" "payments" {
  backup_vault_name  = aws_backup_vault.payments.name
  min_retention_days = 7
}
""",
)


@RULE.check
def check(lock: Resource, context: Context) -> Iterator[Problem]:
    """Look for locks that nobody takes off."""
    if not context.intent.destroyable:
        return
    if lock.type == "aws_backup_vault_lock_configuration":
        if lock.value("changeable_for_days") not in (None, 0):
            yield Problem(
                lock,
                "changeable_for_days",
                f"changeable_for_days is {lock.shown('changeable_for_days')}: after that the lock is final, and the "
                "vault cannot be destroyed before its backups expire. The intent is that everything can be destroyed.",
                fix="Remove changeable_for_days: the lock then is one that can be taken off.",
                change=Change(lock, "changeable_for_days", None),
            )
        return
    for rule in lock.blocks("rule"):
        for retention in rule.blocks("default_retention"):
            if retention.text("mode") == "COMPLIANCE":
                yield Problem(
                    retention,
                    "mode",
                    "mode is COMPLIANCE: nobody can delete an object before its retention ends, and the bucket cannot "
                    "be destroyed. The intent is that everything can be destroyed.",
                    fix='Set mode to "GOVERNANCE".',
                )
