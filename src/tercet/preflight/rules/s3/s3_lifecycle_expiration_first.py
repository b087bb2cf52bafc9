"""A lifecycle rule that deletes objects before it moves them."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="s3-lifecycle-expiration-first",
    title="Objects deleted before they move",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "In one rule `expiration` must come after every `transition`: S3 refuses a rule that would move what is "
        "deleted already."
    ),
    aws_error=(
        "InvalidArgument: 'Days' in the Expiration action for filter '<filter>' must be greater than 'Days' in "
        "the Transition action"
    ),
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-configuration-examples.html",),
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

    transition {
      days          = 90
      storage_class = "GLACIER"
    }

    expiration {
      days = 60
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

    transition {
      days          = 90
      storage_class = "GLACIER"
    }

    expiration {
      days = 365
    }
  }
}
""",
)


@RULE.check
def check(lifecycle: Resource, _: Context) -> Iterator[Problem]:
    """Compare the days."""
    for rule in lifecycle.blocks("rule"):
        for moved, moved_days, gone, gone_days in (
            ("transition", "days", "expiration", "days"),
            ("noncurrent_version_transition", "noncurrent_days", "noncurrent_version_expiration", "noncurrent_days"),
        ):
            ends = [one.number(gone_days) for one in rule.blocks(gone) if one.has(gone_days)]
            for transition in rule.blocks(moved):
                starts = transition.number(moved_days) if transition.has(moved_days) else None
                if starts is None or not ends or not ends[0] or ends[0] > starts:
                    continue
                yield Problem(
                    rule,
                    gone,
                    f"The rule {rule.shown('id')} deletes after {ends[0]} days and moves to "
                    f"{transition.shown('storage_class')} after {starts}: it must delete later; the apply stops.",
                    fix=f"Set {gone_days} of {gone} above {starts}, or remove the {moved}.",
                    also={transition.named(moved_days): str(starts)},
                )
