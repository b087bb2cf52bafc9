"""A public policy for a bucket that blocks public policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import policy_of
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.s3._buckets import bucket_of, companions
from tercet.preflight.values import Value

RULE = Rule(
    id="s3-public-policy-blocked",
    title="Public policy on a bucket that blocks it",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Since April 2023 a new bucket blocks public access. A policy that lets everybody in is refused, unless "
        "an `aws_s3_bucket_public_access_block` sets `block_public_policy` to false (and the account does not "
        "block it too). Most sites do better with CloudFront and a private bucket. A statement with conditions is "
        "not judged."
    ),
    aws_error=(
        "AccessDenied: User: <ARN> is not authorized to perform: s3:PutBucketPolicy because public policies are "
        "blocked by the BlockPublicPolicy block public access setting."
    ),
    sources=(
        "https://github.com/terraform-aws-modules/terraform-aws-s3-bucket/pull/227",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ),
    resources=("aws_s3_bucket_policy",),
    failing="""
resource "aws_s3_bucket" "site" {
  bucket = "acme-payments-site-dev"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.site.arn}/*"
    }]
  })
}
""",
    passing="""
resource "aws_s3_bucket" "site" {
  bucket = "acme-payments-site-dev"
}

resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.site.arn}/*"
    }]
  })
}
""",
)


@RULE.check
def check(policy: Resource, _: Context) -> Iterator[Problem]:
    """Look for a policy for everybody."""
    bucket = bucket_of(policy)
    if bucket is None or not _is_public(policy):
        return
    blocks = companions(bucket, "aws_s3_bucket_public_access_block")
    if blocks and not any(one.flag("block_public_policy", False) for one in blocks):
        return
    why = (
        f"{blocks[0].address} sets block_public_policy" if blocks else "it blocks public policies, as every new bucket"
    )
    yield Problem(
        policy,
        "policy",
        f"The policy lets everybody into {bucket.address}, and {why}: AWS refuses it; the apply stops.",
        fix=(
            "Name who may read, such as a CloudFront distribution; or add aws_s3_bucket_public_access_block with "
            "block_public_policy = false, and depend on it."
        ),
    )


def _is_public(holder: Resource) -> bool:
    policy = policy_of(holder)
    return policy is not None and any(
        statement.effect == "Allow" and not statement.conditions and _is_everybody(statement.principals)
        for statement in policy.statements
    )


def _is_everybody(principals: Mapping[str, list[Value]] | None) -> bool:
    return principals is not None and any(
        entry == "*" for kind in ("AWS", "*") for entry in principals.get(kind, ()) if isinstance(entry, str)
    )
