"""Two rules of a lifecycle configuration that have the same id."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="s3-lifecycle-rule-id",
    title="Two lifecycle rules of one id",
    severity=Severity.APPLY_FAILS,
    rationale="The ids of a bucket's lifecycle rules are unique.",
    aws_error="InvalidArgument: Rule ID must be unique. Found same ID for more than one rule",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html",),
    resources=("aws_s3_bucket_lifecycle_configuration",),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_lifecycle_configuration" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  rule {
    id     = "archive"
    status = "Enabled"

    filter {}

    expiration {
      days = 365
    }
  }

  rule {
    id     = "archive"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}
""",
    passing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_lifecycle_configuration" "receipts" {
  bucket = aws_s3_bucket.receipts.id

  rule {
    id     = "archive"
    status = "Enabled"

    filter {}

    expiration {
      days = 365
    }
  }

  rule {
    id     = "uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}
""",
)


@RULE.check
def check(lifecycle: Resource, _: Context) -> Iterator[Problem]:
    """Look for ids twice."""
    seen: set[str] = set()
    for rule in lifecycle.blocks("rule"):
        name = rule.text("id", "") or ""
        if name and name in seen:
            yield Problem(
                rule,
                "id",
                f"{rule.named('id')} is {name}, as another rule of the bucket is called; the apply stops.",
                fix="Give each rule an id of its own.",
            )
        seen.add(name)
