"""Replication from or to a bucket that keeps no versions, or before it does."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._order import waits_for
from tercet.preflight.rules.s3._buckets import bucket_of, companions, is_for_directory, is_versioned

RULE = Rule(
    id="s3-replication-no-versioning",
    title="Replication of a bucket without versions",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Replication copies versions: both buckets must keep them. Terraform must turn versioning on before it "
        "sets up replication; nothing in the replication refers to `aws_s3_bucket_versioning`, hence it needs "
        "`depends_on`, or the versioning resource's `bucket` attribute."
    ),
    aws_error="InvalidRequest: Versioning must be 'Enabled' on the bucket to apply a replication configuration",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html",
        "https://github.com/nozaq/terraform-aws-remote-state-s3-backend/issues/107",
    ),
    resources=("aws_s3_bucket_replication_configuration",),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket" "copies" {
  bucket = "acme-payments-copies-dev"
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
    """Look at both ends."""
    ends = [("bucket", bucket_of(replication))]
    for rule in replication.blocks("rule"):
        ends += [(one.named("bucket"), one.target("bucket", "aws_s3_bucket")) for one in rule.blocks("destination")]
    for argument, bucket in ends:
        if bucket is None or bucket.mode != "managed" or is_for_directory(bucket.value("bucket")):
            continue
        own = argument == "bucket"
        if not is_versioned(bucket):
            yield Problem(
                replication,
                argument,
                f"{argument} is {bucket.address}, which keeps no versions: replication needs them; the apply stops.",
                fix=f"Add an aws_s3_bucket_versioning with status Enabled for {bucket.address}, and depend on it.",
                aws_error=OWN_ERROR if own else OTHER_ERROR,
            )
        elif (late := _not_waited_for(replication, bucket)) is not None:
            yield Problem(
                replication,
                argument,
                f"Nothing makes the replication wait for {late.address}, which turns versions of {bucket.address} on: "
                "it may come first, and then the apply stops.",
                fix=f"Add {late.block_address} to depends_on.",
                aws_error=OWN_ERROR if own else OTHER_ERROR,
            )


OWN_ERROR = "InvalidRequest: Versioning must be 'Enabled' on the bucket to apply a replication configuration"
OTHER_ERROR = "InvalidRequest: Destination bucket must have versioning enabled."


def _not_waited_for(replication: Resource, bucket: Resource) -> Resource | None:
    """Return the versioning of a bucket that the replication does not wait for, directly or through others."""
    versionings = companions(bucket, "aws_s3_bucket_versioning")
    if not versionings:
        return None
    return None if waits_for(replication, versionings) else versionings[0]
