"""A continuous backup that is moved to cold storage, or kept for over 35 days."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="backup-continuous-cold",
    title="Continuous backup with cold storage, or kept for over 35 days",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Continuous backups, from which a resource can be restored to any moment, are kept for 1 to 35 days and "
        "never move to cold storage. Use a second rule, of snapshots, for what is to be kept longer."
    ),
    aws_error=(
        "InvalidParameterValueException: Error in rule <rule> : Invalid lifecycle. MoveToColdStorageAfterDays is "
        "unavailable"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html",
        "https://github.com/lgallard/terraform-aws-backup/issues/40",
    ),
    resources=("aws_backup_plan",),
    failing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}

resource "aws_backup_plan" "payments" {
  name = "payments-dev"

  rule {
    rule_name                = "daily"
    target_vault_name        = aws_backup_vault.payments.name
    schedule                 = "cron(0 5 * * ? *)"
    enable_continuous_backup = true

    lifecycle {
      delete_after = 90
    }
  }
}
""",
    passing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}

resource "aws_backup_plan" "payments" {
  name = "payments-dev"

  rule {
    rule_name                = "daily"
    target_vault_name        = aws_backup_vault.payments.name
    schedule                 = "cron(0 5 * * ? *)"
    enable_continuous_backup = true

    lifecycle {
      delete_after = 35
    }
  }
}
""",
)


@RULE.check
def check(plan: Resource, _: Context) -> Iterator[Problem]:
    """Look at the lifecycle of continuous backups."""
    for rule in plan.blocks("rule"):
        if not rule.flag("enable_continuous_backup", False):
            continue
        lifecycles = rule.blocks("lifecycle")
        for lifecycle in lifecycles:
            cold, delete = lifecycle.number("cold_storage_after", 0), lifecycle.number("delete_after", 0) or 0
            if cold:
                argument, said = "cold_storage_after", f"moves to cold storage after {cold} days"
            elif delete > _LONGEST_DAYS:
                argument, said = "delete_after", f"is kept for {delete} days"
            else:
                continue
            yield Problem(
                lifecycle,
                argument,
                f"enable_continuous_backup is true and the rule {rule.shown('rule_name')} {said}: a continuous backup "
                f"is kept for at most {_LONGEST_DAYS} days, and not in cold storage; the apply stops.",
                fix=f"Set delete_after to {_LONGEST_DAYS} or less without cold_storage_after, or make it two rules.",
                also={rule.named("enable_continuous_backup"): "true"},
            )


_LONGEST_DAYS = 35
