"""Objects that move to infrequent access before they are 30 days old."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="s3-lifecycle-transition-days",
    title="Move to infrequent access before 30 days",
    severity=Severity.ADVICE,
    rationale=(
        "STANDARD_IA and ONEZONE_IA are billed for at least 30 days in the class, and larger for small objects: "
        "moving there before 30 days seldom pays. AWS used to refuse it (`'Days' in Transition action must be "
        "greater than or equal to 30 for storageClass 'STANDARD_IA'`); its reference now allows any number of "
        "days."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/API/API_Transition.html",
    ),
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
      days          = 7
      storage_class = "STANDARD_IA"
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
      days          = 30
      storage_class = "STANDARD_IA"
    }
  }
}
""",
)


@RULE.check
def check(lifecycle: Resource, _: Context) -> Iterator[Problem]:
    """Look at the days."""
    for rule in lifecycle.blocks("rule"):
        for transition in rule.blocks("transition"):
            if not transition.has("days") or transition.text("storage_class") not in _CLASSES:
                continue
            days = transition.number("days", _DAYS) or 0
            if days < _DAYS:
                yield Problem(
                    transition,
                    "days",
                    f"{transition.named('days')} is {days}, storage_class {transition.shown('storage_class')}: it is "
                    f"billed for at least {_DAYS} days.",
                    fix=f"Set days to {_DAYS} or more.",
                    change=Change(transition, "days", _DAYS),
                    also={transition.named("storage_class"): str(transition.text("storage_class"))},
                )


_CLASSES = ("STANDARD_IA", "ONEZONE_IA")
_DAYS = 30
