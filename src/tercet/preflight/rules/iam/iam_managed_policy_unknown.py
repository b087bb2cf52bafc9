"""An attached policy of AWS that there is not."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.knowledge.managed_policies import exists, named_like
from tercet.preflight.policies.managed import managed_name
from tercet.preflight.rule import Context, Problem, Rule

_ROLE = """
resource "aws_iam_role" "processor" {
  name = "payments-processor-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.processor.name
  policy_arn = "arn:aws:iam::aws:policy/%s"
}
"""

RULE = Rule(
    id="iam-managed-policy-unknown",
    title="An attached policy of AWS that does not exist",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Many policies that AWS manages stand in a folder: their ARN ends in policy/service-role/<name>, not in "
        "policy/<name>. IAM refuses to attach a policy that does not exist. It is reported where a policy of that name "
        "exists in another folder; a name that is not known at all may be newer than these checks, and is undecided."
    ),
    aws_error="NoSuchEntity: Policy arn:aws:iam::aws:policy/<name> does not exist or is not attachable.",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html",),
    resources=(
        "aws_iam_role_policy_attachment",
        "aws_iam_user_policy_attachment",
        "aws_iam_group_policy_attachment",
        "aws_iam_policy_attachment",
    ),
    failing=_ROLE % "AWSLambdaBasicExecutionRole",
    passing=_ROLE % "service-role/AWSLambdaBasicExecutionRole",
)


@RULE.check
def check(attachment: Resource, _: Context) -> Iterator[Problem]:
    """Look the name up."""
    name = managed_name(attachment.value("policy_arn"))
    if name is None or exists(name):
        return
    other = named_like(name)
    if other is None:
        raise Undecidable("policy_arn", f"a policy of AWS with the name {name} is not known here")
    yield Problem(
        attachment,
        "policy_arn",
        f"AWS has no policy {name}; it has {other}: IAM refuses the attachment.",
        fix=f"Write arn:aws:iam::aws:policy/{other}.",
        aws_error=f"NoSuchEntity: Policy arn:aws:iam::aws:policy/{name} does not exist or is not attachable.",
    )
