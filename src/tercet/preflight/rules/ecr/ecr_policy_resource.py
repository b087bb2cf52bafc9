"""Policies of registries that name a resource."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import policy_of
from tercet.preflight.rule import Context, Problem, Rule

_EXAMPLE = """
resource "aws_ecr_repository_policy" "payments" {
  repository = "payments-dev"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]MORE
    }]
  })
}
"""

RULE = Rule(
    id="ecr-policy-resource",
    title="A repository's policy that names a resource",
    severity=Severity.APPLY_FAILS,
    rationale="A policy of a repository is about that repository, and ECR takes none that has Resource.",
    aws_error=(
        "InvalidParameterException: Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid "
        "repository policy provided'"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html",
        "https://github.com/awsdocs/amazon-ecr-user-guide/pull/20",
        "https://github.com/aws/aws-cdk/issues/24314",
    ),
    resources=("aws_ecr_repository_policy",),
    failing=_EXAMPLE.replace("MORE", '\n      Resource  = "*"'),
    passing=_EXAMPLE.replace("MORE", ""),
)


@RULE.check
def check(policy: Resource, _context: Context) -> Iterator[Problem]:
    """Look for Resource in each statement."""
    document = policy_of(policy, "policy")
    for index, statement in enumerate(document.statements if document is not None else ()):
        if statement.resources:
            yield Problem(
                policy,
                "policy",
                f"Statement[{index}] has Resource: the policy of a repository has none.",
                fix="Remove Resource.",
                also={"statement": str(index)},
            )
            return
