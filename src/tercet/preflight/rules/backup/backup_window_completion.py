"""A completion window that is not an hour longer than the start window."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="backup-window-completion",
    title="Backup that is to end before it need start",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`start_window` (8 hours unless set) is how long a backup may wait to start, at least 60 minutes; "
        "`completion_window` (7 days unless set) is by when it is to be done, at least 60 minutes later."
    ),
    aws_error=(
        "InvalidParameterValueException: Error in rule <rule> : Completion window must be at least 60 minutes "
        "greater than start window"
    ),
    sources=("https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html",),
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
    start_window      = 120
    completion_window = 120
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
    start_window      = 60
    completion_window = 180
  }
}
""",
)


@RULE.check
def check(plan: Resource, _: Context) -> Iterator[Problem]:
    """Compare the windows."""
    for rule in plan.blocks("rule"):
        start = rule.number("start_window", _START_MINUTES) or _START_MINUTES
        if start < _HOUR:
            yield Problem(
                rule,
                "start_window",
                f"{rule.named('start_window')} is {start}: it is at least {_HOUR} minutes; the apply stops.",
                fix=f"Set start_window to {_HOUR} or more.",
            )
            continue
        done = rule.number("completion_window", _DONE_MINUTES) or _DONE_MINUTES
        if done < start + _HOUR:
            yield Problem(
                rule,
                "completion_window",
                f"{rule.named('completion_window')} is {done} and start_window is {start}"
                f"{'' if rule.has('start_window') else ' (not set)'}: it is to be at least {_HOUR} minutes later.",
                fix=f"Set completion_window to {start + _HOUR} or more.",
                also={rule.named("start_window"): str(start)},
            )


_HOUR = 60
_START_MINUTES = 480
_DONE_MINUTES = 10_080
