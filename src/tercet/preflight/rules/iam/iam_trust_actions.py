"""A trust policy about something other than assuming the role."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.iam._documents import called, trust_document
from tercet.preflight.values import shown

RULE = Rule(
    id="iam-trust-actions",
    title="A trust policy with other actions than those of STS, or without a principal",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A role's trust policy says who may assume it: its actions are those of STS, and each statement names a "
        "principal. What the role may do belongs into a policy of its own. IAM refuses the role."
    ),
    aws_error="MalformedPolicyDocument: AssumeRole policy may only specify STS AssumeRole actions.",
    sources=(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/32872",
    ),
    resources=("aws_iam_role",),
    failing="""
resource "aws_iam_role" "processor" {
  name = "payments-processor-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
""",
    passing="""
resource "aws_iam_role" "processor" {
  name = "payments-processor-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}
""",
)


@RULE.check
def check(role: Resource, _: Context) -> Iterator[Problem]:
    """Look at the actions and principals of each statement."""
    if (trust := trust_document(role)) is None:
        return
    for place, statement in enumerate(trust.policy.statements):
        name = called(statement, place)
        for action in statement.actions or ():
            if isinstance(action, str) and ":" in action and action.lower().split(":")[0] not in ("sts", "*"):
                yield Problem(
                    role,
                    trust.argument,
                    f"{name} of the trust policy has the action {shown(action, 60)}: IAM takes only actions of STS "
                    "there.",
                    fix="Move the action into a policy of the role; the trust policy has sts:AssumeRole.",
                )
        if isinstance(statement.effect, str) and not statement.principals and statement.not_principals is None:
            yield Problem(
                role,
                trust.argument,
                f"{name} of the trust policy names no Principal: nobody is let in, and IAM refuses it.",
                fix="Name the service or account that assumes the role as Principal.",
                aws_error="MalformedPolicyDocument: AssumeRolepolicy must contain a principal element",
            )
