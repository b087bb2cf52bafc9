"""A lifecycle rule without any action."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="s3-lifecycle-empty-rule",
    title="Lifecycle rule that does nothing",
    severity=Severity.APPLY_FAILS,
    rationale="A rule must do something: delete, move, or abort uploads that were never finished.",
    aws_error="InvalidRequest: At least one action needs to be specified in a rule",
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
}
""",
)


@RULE.check
def check(lifecycle: Resource, _: Context) -> Iterator[Problem]:
    """Look for an action."""
    for rule in lifecycle.blocks("rule"):
        if not any(rule.value(action) not in (None, []) for action in _ACTIONS):
            yield Problem(
                rule,
                "status",
                f"The rule {rule.shown('id')} has no action: it neither deletes nor moves anything; the apply stops.",
                fix="Add expiration, transition or abort_incomplete_multipart_upload, or remove the rule.",
            )


_ACTIONS = (
    "abort_incomplete_multipart_upload",
    "expiration",
    "noncurrent_version_expiration",
    "noncurrent_version_transition",
    "transition",
)
