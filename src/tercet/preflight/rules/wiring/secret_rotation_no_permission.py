"""A rotation whose function Secrets Manager may not call."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._permissions import unpermitted

_ROTATION = """
resource "aws_secretsmanager_secret" "database" {
  name                    = "payments-database-dev"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_rotation" "database" {
  secret_id           = aws_secretsmanager_secret.database.id
  rotation_lambda_arn = aws_lambda_function.processor.arn
  rotation_rules {
    automatically_after_days = 30
  }
  %s
}
""" + example.function(role=example.ELSEWHERE)

RULE = Rule(
    id="secret-rotation-no-permission",
    title="A rotation on a function that Secrets Manager may not call",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Secrets Manager tries the function when rotation is configured, and refuses it where the function's own "
        "policy "
        "does not let secretsmanager.amazonaws.com."
    ),
    aws_error=(
        "AccessDeniedException: Secrets Manager cannot invoke the specified Lambda function. Ensure that the function "
        "policy grants access to the principal secretsmanager.amazonaws.com"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html",
    ),
    resources=("aws_secretsmanager_secret_rotation",),
    failing=_ROTATION % "",
    passing=_ROTATION % "depends_on = [aws_lambda_permission.invoke]"
    + example.permission("secretsmanager.amazonaws.com", "aws_secretsmanager_secret.database.arn"),
)


@RULE.check
def check(rotation: Resource, _: Context) -> Iterator[Problem]:
    """Look for a permission of the function."""
    service = "secretsmanager.amazonaws.com"
    yield from unpermitted(rotation, "rotation_lambda_arn", service, "Secrets Manager refuses the rotation.")
