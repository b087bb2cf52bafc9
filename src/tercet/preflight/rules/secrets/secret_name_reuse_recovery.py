"""A secret with a fixed name that cannot be made again for days after it is destroyed."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.secrets._recovery import DEFAULT_DAYS, is_fixed

RULE = Rule(
    id="secret-name-reuse-recovery",
    title="Secret whose name stays taken",
    severity=Severity.ADVICE,
    rationale=(
        "A destroyed secret is kept for its recovery window, 30 days unless it is set, and keeps its name for as "
        "long. An environment that is destroyed and made anew stops there. Set `recovery_window_in_days = 0` "
        "where environments come and go; in production keep the window. A name with a random part, or "
        "`name_prefix`, is free of this. (Where the intent is `destroyable`, `secret-kept-after-destroy` says "
        "that it fails.)"
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
    if context.intent.destroyable is False or not is_fixed(secret):
        return
    days = secret.number("recovery_window_in_days", DEFAULT_DAYS)
    if not days:
        return
    unset = "" if secret.has("recovery_window_in_days") else " (not set)"
    yield Problem(
        secret,
        "recovery_window_in_days",
        f"name is {secret.shown('name')} and recovery_window_in_days is {days}{unset}: once destroyed, the secret "
        f"cannot be made again for {days} days.",
        fix="Set recovery_window_in_days to 0 where the environment comes and goes, or use name_prefix.",
        also={"name": secret.shown("name")},
    )
