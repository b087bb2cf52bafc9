"""Versioning that is suspended on a bucket with an object lock."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.s3._buckets import bucket_of

RULE = Rule(
    id="s3-object-lock-suspended",
    title="Versions turned off under an object lock",
    severity=Severity.APPLY_FAILS,
    rationale="A bucket with an object lock keeps versions for good: suspending versioning is refused.",
    aws_error=(
        "InvalidBucketState: An Object Lock configuration is present on this bucket, so the versioning state "
        "cannot be changed."
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",),
    resources=("aws_s3_bucket_versioning",),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket              = "acme-payments-receipts-dev"
  object_lock_enabled = true
}

resource "aws_s3_bucket_versioning" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  versioning_configuration {
    status = "Suspended"
  }
}
""",
    passing="""
resource "aws_s3_bucket" "receipts" {
  bucket              = "acme-payments-receipts-dev"
  object_lock_enabled = true
}

resource "aws_s3_bucket_versioning" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  versioning_configuration {
    status = "Enabled"
  }
}
""",
)


@RULE.check
def check(versioning: Resource, _: Context) -> Iterator[Problem]:
    """Look for an object lock."""
    bucket = bucket_of(versioning)
    if bucket is None or not bucket.flag("object_lock_enabled", False):
        return
    for block in versioning.blocks("versioning_configuration"):
        if block.text("status") in ("Suspended", "Disabled"):
            yield Problem(
                block,
                "status",
                f"status is {block.text('status')} and {bucket.address} has an object lock: it keeps versions for "
                "good; the apply stops.",
                fix='Set status to "Enabled".',
            )
