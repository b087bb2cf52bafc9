"""Replication whose destination is the bucket itself."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.s3._buckets import bucket_of

RULE = Rule(
    id="s3-replication-same-bucket",
    title="Replication of a bucket to itself",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A bucket cannot be replicated to itself: the destination is another bucket, in the same region or elsewhere."
    ),
    aws_error="InvalidRequest: Destination bucket cannot be the same as the source bucket.",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html",),
    resources=("aws_s3_bucket_replication_configuration",),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_versioning" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_replication_configuration" "receipts" {
  bucket = aws_s3_bucket.receipts.id
  role   = "arn:aws:iam::111122223333:role/payments-replication-dev"

  rule {
    id     = "all"
    status = "Enabled"

    destination {
      bucket = aws_s3_bucket.receipts.arn
    }
  }

  depends_on = [aws_s3_bucket_versioning.receipts]
}
""",
    passing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket" "copies" {
  bucket = "acme-payments-copies-dev"
}

resource "aws_s3_bucket_versioning" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_versioning" "copies" {
  bucket = aws_s3_bucket.copies.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_replication_configuration" "receipts" {
  bucket = aws_s3_bucket.receipts.id
  role   = "arn:aws:iam::111122223333:role/payments-replication-dev"

  rule {
    id     = "all"
    status = "Enabled"

    destination {
      bucket = aws_s3_bucket.copies.arn
    }
  }

  depends_on = [aws_s3_bucket_versioning.receipts, aws_s3_bucket_versioning.copies]
}
""",
)


@RULE.check
def check(replication: Resource, _: Context) -> Iterator[Problem]:
    """Compare the two ends."""
    source = bucket_of(replication)
    if source is None:
        return
    for rule in replication.blocks("rule"):
        for destination in rule.blocks("destination"):
            if destination.target("bucket", "aws_s3_bucket") is source:
                yield Problem(
                    destination,
                    "bucket",
                    f"The destination is {source.address}, the bucket that is replicated; the apply stops.",
                    fix="Name another bucket.",
                )
