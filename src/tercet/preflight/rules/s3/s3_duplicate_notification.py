"""Two notification resources for the same bucket."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.policies import completions
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="s3-duplicate-notification",
    title="Two sets of notifications for one bucket",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "A bucket has one set of notifications. Each `aws_s3_bucket_notification` writes the whole set, so that "
        "of two the one that comes last wins, and the other's targets are told nothing."
    ),
    sources=("https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_notification",),
    resources=("aws_s3_bucket",),
    failing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_notification" "uploads" {
  bucket      = aws_s3_bucket.receipts.id
  eventbridge = true
}

resource "aws_s3_bucket_notification" "audit" {
  bucket      = aws_s3_bucket.receipts.id
  eventbridge = true
}
""",
    passing="""
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket_notification" "uploads" {
  bucket      = aws_s3_bucket.receipts.id
  eventbridge = true
}
""",
)


@RULE.check
def check(bucket: Resource, _: Context) -> Iterator[Problem]:
    """Count the sets."""
    all_of_them = completions(bucket.graph, "aws_s3_bucket_notification", "bucket", "aws_s3_bucket")
    found = all_of_them.of(bucket, [bucket.value("bucket")])[0]
    certain = [one for one in found if not one.many and _is_for_it_alone(one, bucket)]
    if len({one.block_address for one in found}) < 2 and len(certain) < 2:
        return
    listed = ", ".join(one.address for one in found[:5])
    yield Problem(
        found[-1],
        "bucket",
        f"{listed} are all for {bucket.address}: a bucket has one set of notifications, and the last one written wins.",
        fix="Bring all notifications of the bucket into one aws_s3_bucket_notification.",
        also={"for the same bucket": listed},
    )


def _is_for_it_alone(notification: Resource, bucket: Resource) -> bool:
    """Tell whether an instance is for this bucket whatever its key is; of buckets with a key it may be another's."""
    targets = notification.targets("bucket", "aws_s3_bucket")
    return [one.address for one in targets] == [bucket.address] and not bucket.many
