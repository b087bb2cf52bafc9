"""A key policy that nobody may change any more."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import Policy, policy_of
from tercet.preflight.rule import Context, Problem, Rule

_ACTION = "kms:PutKeyPolicy"

RULE = Rule(
    id="kms-policy-lockout",
    title="A key policy that lets nobody change it",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "KMS refuses a key policy that does not let the caller change it afterwards (kms:PutKeyPolicy), by itself or "
        "through the account's root, unless bypass_policy_lockout_safety_check is set. A policy with statements for "
        "services only is the usual case. A policy that gives kms:PutKeyPolicy to any account, user or role is not "
        "reported: that may be the caller."
    ),
    aws_error=(
        "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the "
        "future."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        "https://github.com/terraform-aws-modules/terraform-aws-kms/issues/14",
    ),
    resources=("aws_kms_key", "aws_kms_key_policy", "aws_kms_replica_key", "aws_kms_external_key"),
    failing="""
resource "aws_kms_key" "logs" {
  description         = "payments logs dev"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "logs.us-east-1.amazonaws.com" }
      Action    = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:Describe*"]
      Resource  = "*"
    }]
  })
}
""",
    passing="""
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "logs" {
  description         = "payments logs dev"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Effect    = "Allow"
        Principal = { Service = "logs.us-east-1.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:Describe*"]
        Resource  = "*"
      },
    ]
  })
}
""",
)


@RULE.check
def check(key: Resource, _: Context) -> Iterator[Problem]:
    """Look for a statement that may let the caller change the policy."""
    policy = policy_of(key)
    if policy is None or _can_be_changed(policy):
        return
    if key.flag("bypass_policy_lockout_safety_check", False):
        return
    yield Problem(
        key,
        "policy",
        f"No statement of the key policy lets the account's root or any role do {_ACTION}: KMS refuses a policy that "
        "nobody could change any more.",
        fix="Add a statement that allows kms:* to arn:aws:iam::<account>:root.",
    )


def _can_be_changed(policy: Policy) -> bool:
    for statement in policy.statements:
        if statement.denies or statement.covers(_ACTION, None, None, "AWS") is False:
            continue
        if not isinstance(statement.effect, str) or statement.not_principals is not None:
            return True
        kinds = statement.principals or {}
        if any(entries for kind, entries in kinds.items() if kind in ("AWS", "*", "Federated")):
            return True
    return False
