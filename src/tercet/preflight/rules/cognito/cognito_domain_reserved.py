"""A domain of a user pool with a word that is AWS's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

_RESERVED: Final = ("aws", "amazon", "cognito")

_DOMAIN = """
resource "aws_cognito_user_pool_domain" "payments" {
  domain       = "NAME"
  user_pool_id = "us-east-1_a1B2c3D4e"
}
"""

RULE = Rule(
    id="cognito-domain-reserved",
    title="A domain of a user pool with a reserved word",
    severity=Severity.APPLY_FAILS,
    rationale="A prefix of Cognito's own domain holds none of the words aws, amazon and cognito.",
    aws_error="InvalidParameterException: Domain cannot contain reserved word: cognito",
    sources=("https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html",),
    resources=("aws_cognito_user_pool_domain",),
    failing=_DOMAIN.replace("NAME", "payments-cognito-dev"),
    passing=_DOMAIN.replace("NAME", "payments-login-dev"),
)


@RULE.check
def check(domain: Resource, _context: Context) -> Iterator[Problem]:
    """Look for the words; a domain of one's own may have them."""
    prefix = domain.value("domain")
    if not isinstance(prefix, str) or "." in prefix or domain.has("certificate_arn"):
        return
    for word in _RESERVED:
        if word in prefix.lower():
            yield Problem(
                domain,
                "domain",
                f"domain is {domain.shown('domain')}, which holds the word {word}.",
                fix="Choose a prefix without it.",
                aws_error=f"InvalidParameterException: Domain cannot contain reserved word: {word}",
            )
            return
