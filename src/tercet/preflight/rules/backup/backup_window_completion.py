"""A completion window that is not an hour longer than the start window."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="backup-window-completion",
    title="Backup that is to end before it need start",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`start_window` is how long a backup may wait to start, at least 60 minutes; `completion_window` is by "
        "when it is to be done, at least 60 minutes later. Where they are not set Terraform sends 60 and 180, not "
        "what AWS itself would take: a longer start window needs a completion window beside it."
    ),
    aws_error=(
        "InvalidParameterValueException: Error in rule <rule> : Completion window must be at least 60 minutes "
        "greater than start window"
    ),
    sources=(
        "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRule.html",
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/backup_plan",
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
                change=Change(rule, "start_window", _HOUR),
            )
            continue
        done = rule.number("completion_window", _DONE_MINUTES) or _DONE_MINUTES
        if done < start + _HOUR:
            yield Problem(
                rule,
                "completion_window",
                f"{rule.named('completion_window')} is {done}{_unset(rule, 'completion_window')} and start_window is "
                f"{start}{_unset(rule, 'start_window')}: it is to be at least {_HOUR} minutes later.",
                fix=f"Set completion_window to {start + _HOUR} or more.",
                change=Change(rule, "completion_window", int(start + _HOUR)),
                also={rule.named("start_window"): str(start)},
            )


_HOUR = 60
_START_MINUTES = 60
_DONE_MINUTES = 180
"""What the provider sends where nothing is set."""


def _unset(rule: Block, name: str) -> str:
    return "" if rule.has(name) else " (not set)"
