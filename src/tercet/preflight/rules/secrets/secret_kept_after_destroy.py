"""A secret that is kept after `terraform destroy`, where the intent is to leave nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.intent import Intent
from tercet.preflight.rule import Change, Context, Problem, Rule
from tercet.preflight.rules.secrets._recovery import DEFAULT_DAYS, is_fixed

RULE = Rule(
    id="secret-kept-after-destroy",
    title="Secret that outlives a destroyable environment",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The intent says that the environment can be destroyed and leaves nothing. A secret is kept for its "
        "recovery window, 30 days unless it is set, and making the environment anew fails on its name."
    ),
    aws_error=(
        "InvalidRequestException: You can't create this secret because a secret with this name is already "
        "scheduled for deletion."
    ),
    confirmed=True,
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/issues/10259",
        "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html",
    ),
    resources=("aws_secretsmanager_secret",),
    intent=Intent(destroyable=True),
    failing="""
resource "aws_secretsmanager_secret" "acquirer" {
  name = "payments/acquirer-dev"
}
""",
    passing="""
resource "aws_secretsmanager_secret" "acquirer" {
  name                    = "payments/acquirer-dev"
  recovery_window_in_days = 0
}
""",
)


@RULE.check
def check(secret: Resource, context: Context) -> Iterator[Problem]:
    """Look at the name and the window."""
    if not context.intent.destroyable or not is_fixed(secret):
        return
    days = secret.number("recovery_window_in_days", DEFAULT_DAYS)
    if not days:
        return
    unset = "" if secret.has("recovery_window_in_days") else " (not set)"
    yield Problem(
        secret,
        "recovery_window_in_days",
        f"recovery_window_in_days is {days}{unset} and the intent is that nothing is left: the name "
        f"{secret.shown('name')} stays taken for {days} days, and the next apply stops.",
        fix="Set recovery_window_in_days to 0.",
        change=Change(secret, "recovery_window_in_days", 0),
        also={"name": secret.shown("name")},
    )
