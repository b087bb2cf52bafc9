"""A bucket whose ACL lets everybody in."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.s3._buckets import bucket_of, companions

RULE = Rule(
    id="s3-public-bucket",
    title="Bucket that everybody can read",
    severity=Severity.SECURITY,
    rationale=(
        "With a public ACL and the block of public access turned off, everybody can read the bucket, and with "
        "`public-read-write` write to it."
    ),
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",),
    resources=("aws_s3_bucket_acl",),
    failing="""
resource "aws_s3_bucket" "site" {
  bucket = "acme-payments-site-dev"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket                  = aws_s3_bucket.site.id
  block_public_acls       = false
  block_public_policy     = true
  ignore_public_acls      = false
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id

  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "public-read"

  depends_on = [aws_s3_bucket_ownership_controls.site]
}
""",
    passing="""
resource "aws_s3_bucket" "site" {
  bucket = "acme-payments-site-dev"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket                  = aws_s3_bucket.site.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "site" {
  bucket = aws_s3_bucket.site.id

  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "private"

  depends_on = [aws_s3_bucket_ownership_controls.site]
}
""",
)


@RULE.check
def check(acl: Resource, _: Context) -> Iterator[Problem]:
    """Look for a public ACL that holds."""
    if acl.text("acl", "") not in _PUBLIC or (bucket := bucket_of(acl)) is None:
        return
    blocks = companions(bucket, "aws_s3_bucket_public_access_block")
    if not blocks or any(
        one.flag("ignore_public_acls", False) or one.flag("block_public_acls", False) for one in blocks
    ):
        return
    yield Problem(
        acl,
        "acl",
        f"acl is {acl.text('acl')} and {blocks[0].address} lets public ACLs hold: everybody can read {bucket.address}.",
        fix="Remove the ACL and block public access; let CloudFront read the bucket, if it is a site.",
        also={f"{blocks[0].address}.ignore_public_acls": "false"},
    )


_PUBLIC = ("public-read", "public-read-write", "authenticated-read")
