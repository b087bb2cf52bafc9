"""A user pool whose trigger Cognito may not call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example
from tercet.preflight.rules.wiring._permissions import unpermitted

_TRIGGERS: Final = (
    "create_auth_challenge", "custom_message", "define_auth_challenge", "post_authentication", "post_confirmation",
    "pre_authentication", "pre_sign_up", "pre_token_generation", "user_migration", "verify_auth_challenge_response",
)  # fmt: skip

_POOL = """
resource "aws_cognito_user_pool" "merchants" {
  name = "payments-merchants-dev"
  lambda_config {
    pre_sign_up = aws_lambda_function.processor.arn
  }
}
""" + example.function(role=example.ELSEWHERE)

RULE = Rule(
    id="cognito-trigger-permission-missing",
    title="A user pool's trigger on a function that Cognito may not call",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Cognito calls a trigger only where the function's own policy lets cognito-idp.amazonaws.com. Without an "
        "aws_lambda_permission the pool deploys, and every sign-up or sign-in that the trigger is part of fails."
    ),
    aws_error="UnexpectedLambdaException: PreSignUp invocation failed due to error AccessDeniedException (at run time)",
    sources=(
        "https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-identity-pools-working-with-aws-lambda-triggers.html",
    ),
    resources=("aws_cognito_user_pool",),
    failing=_POOL,
    passing=_POOL + example.permission("cognito-idp.amazonaws.com", "aws_cognito_user_pool.merchants.arn"),
)


@RULE.check
def check(pool: Resource, _: Context) -> Iterator[Problem]:
    """Look for a permission of each function."""
    for block in pool.blocks("lambda_config"):
        for trigger in _TRIGGERS:
            answer = "whoever signs in is answered an error."
            yield from unpermitted(block, trigger, "cognito-idp.amazonaws.com", answer, source=pool)
