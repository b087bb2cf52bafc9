"""Everything of a service, or everything, allowed on everything."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import Statement, role_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.iam._documents import IDENTITY, called, identity_documents, trust_document
from tercet.preflight.values import shown

RULE = Rule(
    id="iam-wildcard",
    title="All actions of a service on all resources",
    severity=Severity.SECURITY,
    rationale=(
        "A policy that allows `*` or `service:*` on `*` without a condition lets whoever takes over one function read, "
        "change and delete everything of that service, in every environment of the account. A policy that serves as a "
        "permissions boundary is not reported: it allows nothing by itself."
    ),
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege",),
    resources=(*IDENTITY, "aws_iam_role_policy_attachment"),
    failing="""
resource "aws_iam_policy" "sessions" {
  name = "payments-sessions-dev"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "dynamodb:*", Resource = "*" }]
  })
}
""",
    passing="""
resource "aws_iam_policy" "sessions" {
  name = "payments-sessions-dev"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem", "dynamodb:PutItem"]
      Resource = "arn:aws:dynamodb:us-east-1:111122223333:table/sessions-dev"
    }]
  })
}
""",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Look at each statement that allows something."""
    if resource.type == "aws_iam_role_policy_attachment":
        yield from _administrator(resource)
        return
    if _is_boundary(resource):
        return
    for document in identity_documents(resource):
        for place, statement in enumerate(document.policy.statements):
            if statement.grants and (wide := _wide(statement)):
                yield Problem(
                    document.block,
                    document.argument,
                    f"{called(statement, place)} allows {wide} on every resource of the account, without a condition.",
                    fix="Name the actions that are used, and the ARNs they are used on.",
                )


def _wide(statement: Statement) -> str | None:
    if statement.conditions or "*" not in (statement.resources or ()):
        return None
    if statement.not_actions is not None:
        return f"all but {shown(statement.not_actions)}"
    for action in statement.actions or ():
        if isinstance(action, str) and (action == "*" or action.endswith(":*")):
            return str(action)
    return None


def _is_boundary(resource: Resource) -> bool:
    users = resource.referrers("aws_iam_role", "aws_iam_user") if resource.type == "aws_iam_policy" else []
    return any(resource in user.targets("permissions_boundary", "aws_iam_policy") for user in users)


def _administrator(attachment: Resource) -> Iterator[Problem]:
    """Look for a service that may do everything; an administrator's role may be meant so."""
    arn = attachment.value("policy_arn")
    if not (isinstance(arn, str) and arn.endswith(":iam::aws:policy/AdministratorAccess")):
        return
    role = role_of(attachment)
    trust = trust_document(role) if role is not None and role.mode == "managed" else None
    if role is None or trust is None or not any("Service" in (one.principals or {}) for one in trust.policy.allowing()):
        return
    yield Problem(
        attachment,
        "policy_arn",
        f"{role.address}, which a service assumes, may do everything in the account: policy_arn is {arn}.",
        fix="Attach a policy with the actions that are used, on the ARNs they are used on.",
    )
