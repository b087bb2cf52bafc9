"""A setting of a bucket that stands both inside its block and in a resource of its own."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import completions
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="s3-inline-and-separate",
    title="Setting on the bucket and beside it",
    severity=Severity.ADVICE,
    rationale=(
        "Since provider 4 each setting of a bucket has a resource of its own; the blocks inside `aws_s3_bucket` "
        "are deprecated. Where both are given they overwrite one another with every apply."
    ),
    sources=("https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/version-4-upgrade",),
    resources=("aws_s3_bucket",),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"

  versioning {
    enabled = false
  }
}

resource "aws_s3_bucket_versioning" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  versioning_configuration {
    status = "Enabled"
  }
}
""",
    passing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
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
def check(bucket: Resource, _: Context) -> Iterator[Problem]:
    """Look for settings given twice."""
    for inner, kind in _SEPARATE.items():
        if bucket.value(inner) in (None, [], ""):
            continue
        found = completions(bucket.graph, kind, "bucket", "aws_s3_bucket").of(bucket, [bucket.value("bucket")])[0]
        if found:
            yield Problem(
                bucket,
                inner,
                f"{inner} is given on the bucket and by {found[0].address}: each apply changes it back and forth.",
                fix=f"Remove {inner} from the bucket.",
                also={kind: found[0].address},
            )


_SEPARATE = {
    "acl": "aws_s3_bucket_acl",
    "cors_rule": "aws_s3_bucket_cors_configuration",
    "lifecycle_rule": "aws_s3_bucket_lifecycle_configuration",
    "logging": "aws_s3_bucket_logging",
    "policy": "aws_s3_bucket_policy",
    "replication_configuration": "aws_s3_bucket_replication_configuration",
    "server_side_encryption_configuration": "aws_s3_bucket_server_side_encryption_configuration",
    "versioning": "aws_s3_bucket_versioning",
    "website": "aws_s3_bucket_website_configuration",
}
