"""Several sets of notifications for one bucket, from one block."""

from __future__ import annotations

import pytest

from tests.preflight.checking import check_hcl, found

BUCKETS = """
resource "aws_s3_bucket" "receipts" {
  bucket = "acme-payments-receipts-dev"
}

resource "aws_s3_bucket" "each" {
  for_each = toset(["in", "out"])
  bucket   = "acme-payments-${each.key}-dev"
}
"""
NOTIFICATION = """
resource "aws_s3_bucket_notification" "uploads" {
  for_each    = %s
  bucket      = %s
  eventbridge = true
}
"""


@pytest.mark.parametrize(
    ("over", "bucket", "is_wrong"),
    [
        ('toset(["in", "out"])', "aws_s3_bucket.receipts.id", True),
        ('toset(["in", "out"])', '"acme-payments-receipts-dev"', True),
        ('toset(["in"])', "aws_s3_bucket.receipts.id", False),
        ('toset(["in", "out"])', "aws_s3_bucket.each[each.key].id", False),
        ("aws_s3_bucket.each", "each.value.id", False),
        ("aws_s3_bucket.each", 'each.key == "in" ? aws_s3_bucket.receipts.id : each.value.id', False),
        ("data.aws_s3_buckets.unknown.names", "aws_s3_bucket.receipts.id", False),
    ],
)
def test_instances_write_one_over_the_other(over: str, bucket: str, is_wrong: bool):
    report = check_hcl(BUCKETS + NOTIFICATION % (over, bucket))
    assert bool(found(report, "s3-duplicate-notification")) is is_wrong
