"""A role that anybody may assume."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import Statement
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.iam._documents import called, trust_document

RULE = Rule(
    id="iam-trust-wildcard-principal",
    title="A role that every AWS account may assume",
    severity=Severity.SECURITY,
    rationale=(
        "A trust policy with the principal `*` and no condition lets anybody with an AWS account assume the role. With "
        "a condition it may be what is meant, and is not reported."
    ),
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",),
    resources=("aws_iam_role",),
    failing="""
resource "aws_iam_role" "reporting" {
  name = "payments-reporting-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "*" } }]
  })
}
""",
    passing="""
resource "aws_iam_role" "reporting" {
  name = "payments-reporting-dev"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
    }]
  })
}
""",
)


@RULE.check
def check(role: Resource, _: Context) -> Iterator[Problem]:
    """Look for a principal that is everybody."""
    if (trust := trust_document(role)) is None:
        return
    for place, statement in enumerate(trust.policy.statements):
        if statement.grants and not statement.conditions and _is_everybody(statement):
            yield Problem(
                role,
                trust.argument,
                f"{called(statement, place)} lets every AWS account assume the role, without a condition.",
                fix="Name the service or the account that assumes the role.",
            )


def _is_everybody(statement: Statement) -> bool:
    principals = statement.principals or {}
    return any("*" in principals.get(kind, ()) for kind in ("AWS", "*"))
