"""A rule that keeps backups for less, or for longer, than the lock of its vault allows."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.backup import _plans as plans

RULE = Rule(
    id="backup-vault-lock-retention",
    title="Backups that the vault's lock refuses",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A vault lock sets how long backups in the vault are kept at least and at most. A plan with another "
        "retention is made without complaint; then every backup job fails, and nobody has a backup."
    ),
    sources=("https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",),
    resources=("aws_backup_plan",),
    failing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}

resource "aws_backup_vault_lock_configuration" "payments" {
  backup_vault_name  = aws_backup_vault.payments.name
  min_retention_days = 30
}

resource "aws_backup_plan" "payments" {
  name = "payments-dev"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.payments.name
    schedule          = "cron(0 5 * * ? *)"
    lifecycle {
      delete_after = 7
    }
  }
}
""",
    passing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}

resource "aws_backup_vault_lock_configuration" "payments" {
  backup_vault_name  = aws_backup_vault.payments.name
  min_retention_days = 30
}

resource "aws_backup_plan" "payments" {
  name = "payments-dev"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.payments.name
    schedule          = "cron(0 5 * * ? *)"
    lifecycle {
      delete_after = 35
    }
  }
}
""",
)


@RULE.check
def check(plan: Resource, _: Context) -> Iterator[Problem]:
    """Compare retention with the locks of vaults."""
    for rule in plan.blocks("rule"):
        yield from _compare(rule, rule.targets("target_vault_name", "aws_backup_vault"), rule.blocks("lifecycle"))
        for copy in rule.blocks("copy_action"):
            yield from _compare(
                copy, copy.targets("destination_vault_arn", "aws_backup_vault"), copy.blocks("lifecycle")
            )


def _compare(at: Block, vaults: list[Resource], lifecycles: list[Block]) -> Iterator[Problem]:
    for vault in vaults:
        for lock in plans.locks_of(vault):
            least, most = lock.number("min_retention_days", 0) or 0, lock.number("max_retention_days", 0) or 0
            days = next((one.number("delete_after", 0) or 0 for one in lifecycles), 0)
            if days and least and days < least:
                said = f"deletes after {days} days and {lock.address} demands at least {least}"
            elif most and (not days or days > most):
                said = f"keeps for {f'{days} days' if days else 'ever'} and {lock.address} allows at most {most}"
            else:
                continue
            yield Problem(
                lifecycles[0] if lifecycles else at,
                "delete_after" if lifecycles else "lifecycle",
                f"The rule {said}: every backup into {vault.address} fails.",
                fix="Set delete_after within the lock's limits.",
                also={"min_retention_days": str(least or "none"), "max_retention_days": str(most or "none")},
            )
