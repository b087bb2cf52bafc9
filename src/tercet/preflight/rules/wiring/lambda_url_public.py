"""A function URL that everybody may call."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring import _examples as example

_URL = """
resource "aws_lambda_function_url" "processor" {
  function_name      = aws_lambda_function.processor.function_name
  authorization_type = "%s"
}
""" + example.function(role=example.ELSEWHERE)

RULE = Rule(
    id="lambda-url-public",
    title="A function URL without authorization",
    severity=Severity.SECURITY,
    rationale=(
        "A function URL with the authorization type NONE can be called by everybody who knows or guesses it; no WAF "
        "can "
        "stand before it, and each call costs. With AWS_IAM a call is signed."
    ),
    sources=("https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",),
    resources=("aws_lambda_function_url",),
    failing=_URL % "NONE",
    passing=_URL % "AWS_IAM",
)


@RULE.check
def check(url: Resource, _: Context) -> Iterator[Problem]:
    """Look at the authorization type."""
    if url.text("authorization_type") == "NONE":
        yield Problem(
            url,
            "authorization_type",
            "authorization_type is NONE: everybody may call the function.",
            fix='Write authorization_type = "AWS_IAM", or put an API with an authorizer before the function.',
        )
