"""A copy that deletes less than 90 days after moving to cold storage."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.backup import _plans as plans

RULE = Rule(
    id="backup-copy-lifecycle-90",
    title="Cold storage for under 90 days of a copy",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "What is moved to cold storage stays there for at least 90 days: `delete_after` must be at least "
        "`cold_storage_after` plus 90. A copy has a lifecycle of its own, with the same limits; in Python its "
        "type is another than the rule's."
    ),
    aws_error=(
        "InvalidParameterValueException: Error in rule <rule> : Invalid lifecycle. DeleteAfterDays cannot be less "
        "than 90 days apart from MoveToColdStorageAfterDays"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html",
        "https://github.com/hashicorp/terraform-provider-aws/pull/7350",
    ),
    resources=("aws_backup_plan",),
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
    copy_action {
      destination_vault_arn = "arn:aws:backup:us-east-1:111122223333:backup-vault:payments-copies-dev"

      lifecycle {
        cold_storage_after = 30
        delete_after       = 60
      }
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
    copy_action {
      destination_vault_arn = "arn:aws:backup:us-east-1:111122223333:backup-vault:payments-copies-dev"

      lifecycle {
        cold_storage_after = 30
        delete_after       = 120
      }
    }
  }
}
""",
)


@RULE.check
def check(plan: Resource, _: Context) -> Iterator[Problem]:
    """Compare the two moments."""
    for rule in plan.blocks("rule"):
        for lifecycle in [one for copy in rule.blocks("copy_action") for one in copy.blocks("lifecycle")]:
            if (late := plans.days_missing(lifecycle)) is not None:
                cold, delete = lifecycle.number("cold_storage_after"), lifecycle.number("delete_after")
                yield Problem(
                    lifecycle,
                    "delete_after",
                    f"{lifecycle.named('delete_after')} is {delete} and cold_storage_after is {cold}: it is deleted "
                    f"{late} days too early after the move; the apply stops.",
                    fix=f"Set delete_after to {cold + plans.COLD_DAYS if cold else plans.COLD_DAYS} or more.",
                    change=Change(lifecycle, "delete_after", int(cold or 0) + plans.COLD_DAYS),
                    also={lifecycle.named("cold_storage_after"): str(cold)},
                )
