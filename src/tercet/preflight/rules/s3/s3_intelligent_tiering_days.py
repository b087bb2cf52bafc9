"""An archive tier of intelligent tiering with fewer days than it takes."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="s3-intelligent-tiering-days",
    title="Archiving that comes too early",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Objects move to the archive access tier after 90 to 730 days without access, to the deep archive access "
        "tier after 180 to 730."
    ),
    aws_error="InvalidArgument: the number of days of the tier is out of range",
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/API/API_Tiering.html",),
    resources=("aws_s3_bucket_intelligent_tiering_configuration",),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_intelligent_tiering_configuration" "receipts" {
  bucket = aws_s3_bucket.receipts.id
  name   = "archive"

  tiering {
    access_tier = "DEEP_ARCHIVE_ACCESS"
    days        = 90
  }
}
""",
    passing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_intelligent_tiering_configuration" "receipts" {
  bucket = aws_s3_bucket.receipts.id
  name   = "archive"

  tiering {
    access_tier = "DEEP_ARCHIVE_ACCESS"
    days        = 180
  }
}
""",
)


@RULE.check
def check(tiering: Resource, _: Context) -> Iterator[Problem]:
    """Compare with the limits."""
    for tier in tiering.blocks("tiering"):
        least = _LEAST_DAYS.get(tier.text("access_tier", "") or "")
        days = tier.number("days", 0) or 0
        if least is not None and not least <= days <= _MOST_DAYS:
            yield Problem(
                tier,
                "days",
                f"{tier.named('days')} is {days} and access_tier is {tier.text('access_tier')}: it is {least} to "
                f"{_MOST_DAYS}; the apply stops.",
                fix=f"Set days to {least} or more.",
                change=Change(tier, "days", least if days < least else _MOST_DAYS),
                also={tier.named("access_tier"): str(tier.text("access_tier"))},
            )


_LEAST_DAYS = {"ARCHIVE_ACCESS": 90, "DEEP_ARCHIVE_ACCESS": 180}
_MOST_DAYS = 730
