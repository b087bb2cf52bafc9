"""A vault lock that becomes final in less than three days, or has impossible limits."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="backup-vault-lock-changeable",
    title="Vault lock that closes too soon",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A lock in compliance mode (`changeable_for_days`) becomes final after at least 3 days, so that it can be "
        "taken back. `min_retention_days` is not above `max_retention_days`."
    ),
    aws_error="expected changeable_for_days to be at least (3), got <value>",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html",),
    resources=("aws_backup_vault_lock_configuration",),
    failing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}

resource "aws_backup_vault_lock_configuration" "payments" {
  backup_vault_name   = aws_backup_vault.payments.name
  min_retention_days  = 30
  changeable_for_days = 1
}
""",
    passing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}

resource "aws_backup_vault_lock_configuration" "payments" {
  backup_vault_name   = aws_backup_vault.payments.name
  min_retention_days  = 30
  changeable_for_days = 3
}
""",
)


@RULE.check
def check(lock: Resource, _: Context) -> Iterator[Problem]:
    """Compare with the limits."""
    if lock.has("changeable_for_days"):
        days = lock.number("changeable_for_days", _LEAST_DAYS) or 0
        if days < _LEAST_DAYS:
            yield Problem(
                lock,
                "changeable_for_days",
                f"changeable_for_days is {days}: a lock can be taken back for at least {_LEAST_DAYS} days.",
                fix=f"Set it to {_LEAST_DAYS} or more, or remove it for a lock that can be removed.",
                change=Change(lock, "changeable_for_days", _LEAST_DAYS),
            )
    if lock.has("min_retention_days") and lock.has("max_retention_days"):
        least, most = lock.number("min_retention_days", 0) or 0, lock.number("max_retention_days", 0) or 0
        if least > most:
            yield Problem(
                lock,
                "min_retention_days",
                f"min_retention_days is {least} and max_retention_days is {most}: nothing can be kept so.",
                fix="Swap the two.",
                also={"max_retention_days": str(most)},
            )


_LEAST_DAYS = 3
