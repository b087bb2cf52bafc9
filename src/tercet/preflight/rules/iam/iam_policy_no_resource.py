"""A statement without resources, or a trust policy with them."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.iam._documents import IDENTITY, called, identity_documents, trust_document
from tercet.preflight.values import is_known

_TRUST = """
resource "aws_iam_role" "processor" {
  name = "payments-processor-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
"""

RULE = Rule(
    id="iam-policy-no-resource",
    title="A policy statement without Resource, or a trust policy with one",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Every statement of an identity's policy says which resources it is about, with Resource or NotResource; a "
        "trust policy is about its role and says none. IAM refuses the other way round when the policy is created."
    ),
    aws_error="MalformedPolicyDocument: Policy statement must contain resources.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
        "https://github.com/terraform-aws-modules/terraform-aws-iam/issues/603",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html",
    ),
    resources=IDENTITY,
    failing=_TRUST
    + """
resource "aws_iam_role_policy" "table" {
  role = aws_iam_role.processor.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["dynamodb:GetItem"] }]
  })
}
""",
    passing=_TRUST
    + """
resource "aws_iam_role_policy" "table" {
  role = aws_iam_role.processor.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem"]
      Resource = "arn:aws:dynamodb:us-east-1:111122223333:table/sessions-dev"
    }]
  })
}
""",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look at each statement."""
    if resource.type == "aws_iam_role" and (trust := trust_document(resource)) is not None:
        for place, statement in enumerate(trust.policy.statements):
            if is_known(statement.effect) and (statement.resources or statement.not_resources):
                yield Problem(
                    resource,
                    trust.argument,
                    f"{called(statement, place)} of the trust policy has a Resource: a trust policy is about its role "
                    "alone, and IAM refuses it.",
                    fix="Remove Resource from the statement.",
                    aws_error="MalformedPolicyDocument: Has prohibited field Resource",
                )
    for document in identity_documents(resource):
        for place, statement in enumerate(document.policy.statements):
            if statement.resources is None and statement.not_resources is None and isinstance(statement.effect, str):
                yield Problem(
                    document.block,
                    document.argument,
                    f"{called(statement, place)} names no Resource: IAM refuses the policy.",
                    fix="Add the ARNs that the actions are about as Resource.",
                )
