"""Two resources that set the same thing of one bucket."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import completions
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="s3-duplicate-setting",
    title="Two settings of one kind for one bucket",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A bucket has one policy, one lifecycle, one encryption, and so on. Each resource writes the whole of it: "
        "of two the last one wins, and what the other said does not hold."
    ),
    sources=("https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_policy",),
    resources=("aws_s3_bucket",),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_policy" "tls" {
  bucket = aws_s3_bucket.receipts.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = "${aws_s3_bucket.receipts.arn}/*"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

resource "aws_s3_bucket_policy" "owner" {
  bucket = aws_s3_bucket.receipts.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = "${aws_s3_bucket.receipts.arn}/*"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
""",
    passing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_policy" "tls" {
  bucket = aws_s3_bucket.receipts.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = "${aws_s3_bucket.receipts.arn}/*"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
""",
)


@RULE.check
def check(bucket: Resource, _: Context) -> Iterator[Problem]:
    """Count the settings of each kind."""
    for kind in _SINGLE:
        found = completions(bucket.graph, kind, "bucket", "aws_s3_bucket").of(bucket, [bucket.value("bucket")])[0]
        if len({one.block_address for one in found}) < 2:
            continue
        listed = ", ".join(one.address for one in found[:5])
        yield Problem(
            found[-1],
            "bucket",
            f"{listed} are all for {bucket.address}: a bucket has one of them, and the last one written wins.",
            fix=f"Bring them together in one {kind}.",
            also={"for the same bucket": listed},
        )


_SINGLE = (
    "aws_s3_bucket_cors_configuration",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_logging",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_replication_configuration",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_s3_bucket_website_configuration",
)
