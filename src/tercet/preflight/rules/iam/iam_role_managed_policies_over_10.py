"""More managed policies on a role than an account allows by default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import completions
from tercet.preflight.rule import Context, Problem, Rule

_QUOTA: Final = 10

_ROLE = """
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "worker" {
  name               = "payments-worker-dev"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy_attachment" "worker" {
  count      = %d
  role       = aws_iam_role.worker.name
  policy_arn = "arn:aws:iam::111122223333:policy/payments-${count.index}"
}
"""

RULE = Rule(
    id="iam-role-managed-policies-over-10",
    title="More than 10 managed policies on a role",
    severity=Severity.ADVICE,
    rationale=(
        "An account lets a role have 10 managed policies unless its quota was raised; the attachment of the eleventh "
        "fails. The quota is the account's, so this is advice."
    ),
    aws_error="LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10",
    sources=("https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",),
    resources=("aws_iam_role",),
    failing=_ROLE % 11,
    passing=_ROLE % 10,
)


@RULE.check
def check(role: Resource, _: Context) -> Iterator[Problem]:
    """Count the attachments that surely are of this role."""
    found = completions(role.graph, "aws_iam_role_policy_attachment", "role", "aws_iam_role")
    sure, _perhaps = found.of(role, (role.value("name"),))
    attached = len({one.address for one in sure})
    listed = role.value("managed_policy_arns")
    attached += len(listed) if isinstance(listed, list) else 0
    if attached > _QUOTA:
        yield Problem(
            role,
            "managed_policy_arns",
            f"{attached} managed policies are attached to the role; an account allows {_QUOTA} unless its quota was "
            "raised, and then the apply stops.",
            fix="Merge policies, or have the quota “Managed policies attached to an IAM role” raised.",
            also={"attached policies": str(attached)},
        )
