"""A log group whose key CloudWatch Logs may not use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import keys_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring._sending import key_lacks

_ACTIONS: Final = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")

_KEY = """
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "logs" {
  description         = "payments logs dev"
  enable_key_rotation = true
  %s
}

resource "aws_cloudwatch_log_group" "processor" {
  name              = "/aws/lambda/payments-processor-dev"
  retention_in_days = 30
  kms_key_id        = aws_kms_key.logs.arn
}

provider "aws" {
  region = "us-east-1"
}
"""

RULE = Rule(
    id="logs-kms-policy",
    title="A log group whose key CloudWatch Logs may not use",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "CloudWatch Logs encrypts with the log group's key as logs.<region>.amazonaws.com, and refuses the log group "
        "where the key's policy does not let it. The policy that a key has by default does not."
    ),
    aws_error=(
        "AccessDeniedException: The specified KMS key does not exist or is not allowed to be used with Arn "
        "'arn:aws:logs:<region>:<account>:log-group:<name>'"
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",),
    resources=("aws_cloudwatch_log_group",),
    failing=_KEY % "",
    passing=_KEY
    % """
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
        Action    = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
        Resource  = "*"
      },
    ]
  })
""",
)


@RULE.check
def check(group: Resource, _: Context) -> Iterator[Problem]:
    """Look at the policy of the key."""
    region = group.region if isinstance(group.region, str) else None
    service = f"logs.{region}.amazonaws.com" if region else "logs.amazonaws.com"
    for key in keys_of(group, "kms_key_id"):
        if lacking := key_lacks(key, service, _ACTIONS):
            yield Problem(
                group,
                "kms_key_id",
                f"The policy of {key.address} does not let {service} do {', '.join(lacking)}: CloudWatch Logs "
                "refuses the "
                "log group.",
                fix=f"Allow kms:Encrypt*, kms:Decrypt*, kms:ReEncrypt*, kms:GenerateDataKey* and kms:Describe* to the "
                f"service {service} in the policy of {key.address}.",
            )
