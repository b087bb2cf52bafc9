"""An object lock for a bucket that keeps no versions."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.s3._buckets import bucket_of, is_versioned

RULE = Rule(
    id="s3-object-lock-versioning",
    title="Object lock on a bucket without versions",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Object lock protects versions: the bucket must keep them. `object_lock_enabled` on the bucket turns "
        "versions on with it; on a bucket made without, versioning must be turned on first."
    ),
    aws_error="InvalidBucketState: Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html",),
    resources=("aws_s3_bucket_object_lock_configuration",),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_object_lock_configuration" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = 30
    }
  }
}
""",
    passing="""
resource "aws_s3_bucket" "receipts" {
  bucket              = "acme-payments-receipts-dev"
  object_lock_enabled = true
}

resource "aws_s3_bucket_object_lock_configuration" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = 30
    }
  }
}
""",
)


@RULE.check
def check(lock: Resource, _: Context) -> Iterator[Problem]:
    """Look for versions."""
    bucket = bucket_of(lock)
    if bucket is None or is_versioned(bucket):
        return
    yield Problem(
        lock,
        "bucket",
        f"The bucket {bucket.address} keeps no versions and is made without object_lock_enabled; the apply stops.",
        fix=f"Set object_lock_enabled to true on {bucket.address}.",
    )
