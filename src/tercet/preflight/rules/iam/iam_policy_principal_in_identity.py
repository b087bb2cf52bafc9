"""A principal in the policy of an identity."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.iam._documents import IDENTITY, called, identity_documents

RULE = Rule(
    id="iam-policy-principal-in-identity",
    title="A Principal in an identity's policy",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The policy of a role, user or group is about whoever has it; a Principal belongs into the policy of a "
        "resource or into a role's trust policy. IAM refuses it."
    ),
    aws_error="MalformedPolicyDocument: Policy document should not specify a principal.",
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",),
    resources=IDENTITY,
    failing="""
resource "aws_iam_policy" "read_queue" {
  name = "payments-read-queue-dev"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = ["sqs:ReceiveMessage"]
      Resource  = "arn:aws:sqs:us-east-1:111122223333:payments-dev"
    }]
  })
}
""",
    passing="""
resource "aws_iam_policy" "read_queue" {
  name = "payments-read-queue-dev"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["sqs:ReceiveMessage"]
      Resource = "arn:aws:sqs:us-east-1:111122223333:payments-dev"
    }]
  })
}
""",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look at each statement."""
    for document in identity_documents(resource):
        for place, statement in enumerate(document.policy.statements):
            if isinstance(statement.effect, str) and (statement.principals or statement.not_principals):
                yield Problem(
                    document.block,
                    document.argument,
                    f"{called(statement, place)} names a Principal in the policy of an identity: IAM refuses it.",
                    fix="Remove Principal from the statement.",
                )
