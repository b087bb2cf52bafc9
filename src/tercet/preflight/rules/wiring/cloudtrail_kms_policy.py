"""A trail whose key CloudTrail may not use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import keys_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.wiring._sending import key_lacks

_SERVICE: Final = "cloudtrail.amazonaws.com"

_TRAIL = """
data "aws_caller_identity" "current" {}

resource "aws_kms_key" "trail" {
  description         = "payments trail dev"
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
      %s
    ]
  })
}

resource "aws_cloudtrail" "main" {
  name                       = "payments-dev"
  s3_bucket_name             = "payments-trail-dev"
  kms_key_id                 = aws_kms_key.trail.arn
  is_multi_region_trail      = true
  enable_log_file_validation = true
}
"""

RULE = Rule(
    id="cloudtrail-kms-policy",
    title="A trail whose key CloudTrail may not use",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "CloudTrail encrypts its log files with the trail's key, and refuses the trail where the key's policy does not "
        "let cloudtrail.amazonaws.com do kms:GenerateDataKey."
    ),
    aws_error=(
        "InsufficientEncryptionPolicyException: Insufficient permissions to access S3 bucket <bucket> or KMS key <key>."
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html",),
    resources=("aws_cloudtrail",),
    failing=_TRAIL % "",
    passing=_TRAIL
    % """{
        Effect    = "Allow"
        Principal = { Service = "cloudtrail.amazonaws.com" }
        Action    = ["kms:GenerateDataKey*", "kms:DescribeKey"]
        Resource  = "*"
      },""",
)


@RULE.check
def check(trail: Resource, _: Context) -> Iterator[Problem]:
    """Look at the policy of the key."""
    for key in keys_of(trail, "kms_key_id"):
        if key_lacks(key, _SERVICE, ("kms:GenerateDataKey",)):
            yield Problem(
                trail,
                "kms_key_id",
                f"The policy of {key.address} does not let {_SERVICE} do kms:GenerateDataKey: CloudTrail refuses the "
                "trail.",
                fix=f"Allow kms:GenerateDataKey* and kms:DescribeKey to the service {_SERVICE} in the policy of "
                f"{key.address}.",
            )
