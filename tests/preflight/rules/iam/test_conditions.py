"""Near misses of conditions that nobody meets, of operators and principals, and of exclusive policies."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, block, verdict

UNKNOWN = 'variable "unknown" {}\n'
SUBJECT = '"token.actions.githubusercontent.com:sub"'


def trust(
    condition: str, effect: str = "Allow", principal: str = '{ Federated = "arn:aws:iam::123456789012:x" }'
) -> str:
    statement = (
        f'{{ Effect = "{effect}", Action = "sts:AssumeRoleWithWebIdentity", Principal = {principal}, '
        f"Condition = {condition} }}"
    )
    return block(
        "aws_iam_role",
        "role",
        f'name = "r"\nassume_role_policy = jsonencode({{ Version = "2012-10-17", Statement = [{statement}] }})',
    )


DOCUMENT = """
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::123456789012:oidc-provider/x"]
    }
    condition {
      test     = "TEST"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:acme/payments:*"]
    }
  }
}

resource "aws_iam_role" "role" {
  name               = "r"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (trust(f'{{ StringEquals = {{ {SUBJECT} = "repo:acme/payments:*" }} }}'), FOUND),
        (trust(f'{{ StringLike = {{ {SUBJECT} = "repo:acme/payments:*" }} }}'), SILENT),
        (trust(f'{{ StringEquals = {{ {SUBJECT} = "repo:acme/payments:ref:refs/heads/main" }} }}'), SILENT),
        (trust(f'{{ StringEquals = {{ {SUBJECT} = ["repo:acme/a:*", "repo:acme/a:ref:refs/heads/main"] }} }}'), SILENT),
        (trust(f"{{ StringEquals = {{ {SUBJECT} = var.unknown }} }}") + UNKNOWN, SILENT),
        (trust(f'{{ StringNotEquals = {{ {SUBJECT} = "repo:acme/payments:*" }} }}'), SILENT),
        (trust(f'{{ StringEquals = {{ {SUBJECT} = "repo:acme/payments:*" }} }}', "Deny"), SILENT),
        (trust('{ StringEquals = { "aws:RequestTag/team" = "*" } }'), SILENT),
        (trust('{ ArnLike = { "aws:SourceArn" = "arn:aws:s3:::*" } }'), SILENT),
        (trust('{ StringEquals = { "aws:SourceArn" = "arn:aws:s3:::*" } }'), FOUND),
        (trust('{ StringEquals = { "https://oidc.example.com:aud" = "sts.amazonaws.com" } }'), FOUND),
        (trust('{ StringEquals = { "oidc.example.com:aud" = "sts.amazonaws.com" } }'), SILENT),
        (DOCUMENT.replace("TEST", "StringEquals"), FOUND),
        (DOCUMENT.replace("TEST", "StringLike"), SILENT),
        (DOCUMENT.replace("TEST", "ForAnyValue:StringEquals"), FOUND),
    ],
)
def test_conditions(text: str, expected: str) -> None:
    assert verdict("iam-condition-never", text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (trust('{ StringEqual = { "aws:PrincipalTag/a" = "b" } }'), FOUND),
        (trust('{ "ForAnyValue:StringLikeIfExists" = { "aws:PrincipalTag/a" = "b" } }'), SILENT),
        (trust('{ NumericLessThanEquals = { "aws:MultiFactorAuthAge" = "5" } }'), SILENT),
        (trust('{ DateGreaterThan = { "aws:CurrentTime" = "2026-01-01T00:00:00Z" } }'), SILENT),
        (trust('{ Null = { "aws:TokenIssueTime" = "true" } }'), SILENT),
        (trust('{ ArnNotLike = { "aws:PrincipalArn" = "arn:aws:iam::*:root" } }'), SILENT),
        (trust("{}", principal='{ AWS = "payments" }'), FOUND),
        (trust("{}", principal='{ AWS = ["123456789012", "arn:aws:iam::123456789012:role/a"] }'), SILENT),
        (trust("{}", principal='{ AWS = "AROADBQP57FF2AEXAMPLE" }'), SILENT),
        (trust("{}", principal='{ AWS = "*" }'), SILENT),
        (trust("{}", principal="{ AWS = var.unknown }") + UNKNOWN, SILENT),
    ],
)
def test_operators_and_principals(text: str, expected: str) -> None:
    assert verdict("iam-policy-malformed", text) == expected


READ = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


def role(more: str) -> str:
    return block("aws_iam_role", "role", f'name = "r"\nassume_role_policy = "{{}}"\n{more}')


def attached(policy: str = f'"{READ}"') -> str:
    return block("aws_iam_role_policy_attachment", "a", f"role = aws_iam_role.role.name\npolicy_arn = {policy}")


OWN = 'managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonEC2ReadOnlyAccess"]'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (role(OWN) + attached(), FOUND),
        (role("managed_policy_arns = []") + attached(), FOUND),
        (role("") + attached(), SILENT),
        (role(f'managed_policy_arns = ["{READ}"]') + attached(), SILENT),
        (role("managed_policy_arns = [var.unknown]") + UNKNOWN + attached(), SILENT),
        (role(OWN) + attached("var.unknown") + UNKNOWN, SILENT),
        (role(OWN + "\nlifecycle {\n  ignore_changes = [managed_policy_arns]\n}") + attached(), SILENT),
        (role("managed_policy_arns = null") + attached(), SILENT),
    ],
)
def test_exclusive_policies(text: str, expected: str) -> None:
    assert verdict("iam-exclusive-policies", text) == expected
