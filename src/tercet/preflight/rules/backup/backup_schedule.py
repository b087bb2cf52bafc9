"""A schedule of a backup rule that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="backup-schedule",
    title="Schedule that is no cron expression",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "AWS Backup takes `cron(minutes hours day-of-month month day-of-week year)`, six fields with a `?` in one "
        "of the two day fields."
    ),
    aws_error="InvalidParameterValueException: Error in rule <rule> : Invalid schedule expression",
    sources=(
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/events/ScheduledEvents.html",
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
    schedule          = "cron(0 5 * * *)"
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
  }
}
""",
)


@RULE.check
def check(plan: Resource, _: Context) -> Iterator[Problem]:
    """Read the schedule."""
    for rule in plan.blocks("rule"):
        if rule.value("schedule") in (None, "") or not (schedule := rule.text("schedule")):
            continue
        if said := _wrong(schedule):
            yield Problem(
                rule,
                "schedule",
                f"{rule.named('schedule')} is {schedule}: {said}; the apply stops.",
                fix='Write it as "cron(0 5 * * ? *)": minutes, hours, day of month, month, day of week, year.',
            )


def _wrong(schedule: str) -> str:
    """Say what is wrong; nothing where it may be right."""
    text = schedule.strip()
    if text.startswith("rate("):
        return ""
    if not text.startswith("cron(") or not text.endswith(")"):
        return "it is not cron(…)"
    fields = text[5:-1].split()
    if len(fields) != 6:
        return f"it has {len(fields)} fields, not 6"
    day_of_month, day_of_week = fields[2], fields[4]
    if "?" not in (day_of_month, day_of_week):
        return "neither the day of the month nor the day of the week is ?"
    if day_of_month == "?" and day_of_week == "?":
        return "both the day of the month and the day of the week are ?"
    return ""
