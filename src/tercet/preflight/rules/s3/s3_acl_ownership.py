"""An ACL for a bucket whose ownership setting turns ACLs off."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._order import waits_for
from tercet.preflight.rules.s3._buckets import bucket_of, companions

RULE = Rule(
    id="s3-acl-ownership",
    title="ACL on a bucket that takes none",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Since April 2023 a new bucket is made with the ownership BucketOwnerEnforced, which takes no ACLs, not "
        "even a private one. An `aws_s3_bucket_acl` needs `aws_s3_bucket_ownership_controls` with another "
        "ownership, and must be made after it; a private bucket needs no ACL at all."
    ),
    aws_error="AccessControlListNotSupported: The bucket does not allow ACLs",
    confirmed=True,
    sources=(
        "https://github.com/hashicorp/terraform-provider-aws/issues/34079",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
    ),
    resources=("aws_s3_bucket_acl",),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_acl" "receipts" {
  bucket = aws_s3_bucket.receipts.id
  acl    = "private"
}
""",
    passing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_ownership_controls" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "receipts" {
  bucket = aws_s3_bucket.receipts.id
  acl    = "private"

  depends_on = [aws_s3_bucket_ownership_controls.receipts]
}
""",
)


@RULE.check
def check(acl: Resource, _: Context) -> Iterator[Problem]:
    """Look at the ownership."""
    bucket = bucket_of(acl)
    if bucket is None:
        return
    controls = companions(bucket, "aws_s3_bucket_ownership_controls")
    if not controls:
        why = "has no aws_s3_bucket_ownership_controls, so that it is BucketOwnerEnforced"
    else:
        owners = [rule.text("object_ownership") for one in controls for rule in one.blocks("rule")]
        if "BucketOwnerEnforced" in owners:
            why = f"is BucketOwnerEnforced by {controls[0].address}"
        elif not waits_for(acl, controls):
            why = f"is BucketOwnerEnforced until {controls[0].address} is made, which nothing makes the ACL wait for"
        else:
            return
    yield Problem(
        acl,
        "bucket",
        f"The bucket {bucket.address} {why}: it takes no ACL; the apply stops.",
        fix=(
            "Remove the ACL (the bucket is private without), or set object_ownership to BucketOwnerPreferred and "
            "depends_on to the ownership controls."
        ),
    )
