"""A backup rule that deletes before the intent says."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="backup-retention-intent",
    title="Backups deleted before the stated time",
    severity=Severity.POLICY,
    rationale=(
        "The intent says for how many days backups are kept at least. A rule without `delete_after` keeps them "
        "for ever."
    ),
    sources=("https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html",),
    resources=("aws_backup_plan",),
    intent=Intent(backup_retention_days=7),
    failing="""
resource "aws_backup_vault" "payments" {
  name = "payments-dev"
}

resource "aws_backup_plan" "payments" {
  name = "payments-dev"

  rule {
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.payments.name
    schedule          = "cron(0 5 * * ? *)"
    lifecycle {
      delete_after = 1
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
    rule_name         = "daily"
    target_vault_name = aws_backup_vault.payments.name
    schedule          = "cron(0 5 * * ? *)"
    lifecycle {
      delete_after = 7
    }
  }
}
""",
)


@RULE.check
def check(plan: Resource, context: Context) -> Iterator[Problem]:
    """Compare with the intent."""
    stated = context.intent.backup_retention_days
    if not stated:
        return
    longest: tuple[float, Block] | None = None
    for rule in plan.blocks("rule"):
        lifecycles = rule.blocks("lifecycle")
        days = next((one.number("delete_after", 0) or 0 for one in lifecycles), 0)
        if not days:
            return
        if longest is None or days > longest[0]:
            longest = (days, lifecycles[0])
    if longest is not None and longest[0] < stated:
        yield Problem(
            longest[1],
            "delete_after",
            f"{longest[1].named('delete_after')} is {longest[0]} and the intent says {stated} days.",
            fix=f"Set delete_after to {stated}.",
            change=Change(longest[1], "delete_after", stated),
        )
