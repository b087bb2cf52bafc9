"""A setting's `id` and `bucket` name the bucket that it is a setting of, and chain what is made after it."""

from __future__ import annotations

import pytest

from tests.preflight.rules.verdicts import FOUND, SILENT, block, verdict

BUCKET = block("aws_s3_bucket", "logs", 'bucket_prefix = "payments-logs-"')
PRIVATE = block("aws_s3_bucket_public_access_block", "logs", "bucket = aws_s3_bucket.logs.id\nblock_public_acls = true")
POLICY = block(
    "aws_s3_bucket_policy",
    "logs",
    """
bucket = aws_s3_bucket_public_access_block.logs.bucket
policy = jsonencode({
  Version   = "2012-10-17"
  Statement = [{
    Effect    = "Deny"
    Principal = "*"
    Action    = "s3:*"
    Resource  = ["${aws_s3_bucket.logs.arn}/*"]
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }]
})
""",
)
ACL = block(
    "aws_s3_bucket_acl",
    "logs",
    'bucket = aws_s3_bucket.logs.id\nacl = "private"\ndepends_on = [aws_s3_bucket_ownership_controls.logs]',
)


def controls(bucket: str, ownership: str = "BucketOwnerPreferred") -> str:
    body = f'bucket = {bucket}\nrule {{\n  object_ownership = "{ownership}"\n}}'
    return block("aws_s3_bucket_ownership_controls", "logs", body)


@pytest.mark.parametrize(
    "bucket",
    ["aws_s3_bucket.logs.id", "aws_s3_bucket_policy.logs.id", "aws_s3_bucket_policy.logs.bucket"],
)
@pytest.mark.parametrize(("ownership", "expected"), [("BucketOwnerPreferred", SILENT), ("BucketOwnerEnforced", FOUND)])
def test_controls_of_the_bucket_that_a_setting_passes_on(bucket: str, ownership: str, expected: str):
    text = BUCKET + PRIVATE + POLICY + controls(bucket, ownership) + ACL
    assert verdict("s3-acl-ownership", text) == expected


def test_another_argument_of_a_setting_names_no_bucket():
    other = block("aws_s3_bucket", "other", 'bucket_prefix = "payments-other-"')
    elsewhere = block("aws_s3_bucket_public_access_block", "other", "bucket = aws_s3_bucket.other.id")
    text = BUCKET + other + elsewhere + controls("aws_s3_bucket_public_access_block.other.id") + ACL
    assert verdict("s3-acl-ownership", text) == FOUND


ROLE = """
resource "aws_iam_role" "replication" {
  name = "payments-replication-dev"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "s3.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "replication" {
  role = aws_iam_role.replication.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ACTIONS, Resource = "*" }]
  })
}

resource "aws_s3_bucket_replication_configuration" "logs" {
  bucket = "payments-logs-dev"
  role   = aws_iam_role.replication.arn
  rule {
    id     = "all"
    status = "Enabled"
    destination {
      bucket = "arn:aws:s3:::payments-copies-dev"
    }
  }
}
"""


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ('["s3:GetObjectVersion", "s3:ReplicateObject"]', SILENT),
        ('["s3:GetObjectVersionForReplication", "s3:ReplicateObject"]', SILENT),
        ('["s3:GetObjectVersionAcl", "s3:ReplicateObject"]', FOUND),
        ('["s3:GetObjectVersion"]', FOUND),
    ],
)
def test_either_action_reads_what_is_replicated(actions: str, expected: str):
    assert verdict("role-lacks-permissions-at-run-time", ROLE.replace("ACTIONS", actions)) == expected
