"""A recovery window that Secrets Manager does not have."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="secret-recovery-window",
    title="Recovery window out of range",
    severity=Severity.APPLY_FAILS,
    rationale="A deleted secret is kept for 7 to 30 days, or not at all (0). Terraform refuses anything else.",
    aws_error="expected recovery_window_in_days to be in the range (7 - 30), got <value>",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html",),
    resources=("aws_secretsmanager_secret",),
    failing="""
resource "aws_secretsmanager_secret" "acquirer" {
  name                    = "payments/acquirer-dev"
  recovery_window_in_days = 3
}
""",
    passing="""
resource "aws_secretsmanager_secret" "acquirer" {
  name                    = "payments/acquirer-dev"
  recovery_window_in_days = 7
}
""",
)


@RULE.check
def check(secret: Resource, _: Context) -> Iterator[Problem]:
    """Compare with the range."""
    if not secret.has("recovery_window_in_days"):
        return
    days = secret.number("recovery_window_in_days", 0) or 0
    if days and not 7 <= days <= 30:
        yield Problem(
            secret,
            "recovery_window_in_days",
            f"recovery_window_in_days is {days}: it is 0, or 7 to 30; the plan stops.",
            fix="Set it to 0, or to 7 or more.",
        )
