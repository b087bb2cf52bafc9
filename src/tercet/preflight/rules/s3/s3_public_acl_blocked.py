"""A public ACL for a bucket that blocks public ACLs."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.s3._buckets import bucket_of, companions

RULE = Rule(
    id="s3-public-acl-blocked",
    title="Public ACL on a bucket that blocks it",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Since April 2023 a new bucket blocks public access. A public ACL is refused, unless an "
        "`aws_s3_bucket_public_access_block` sets `block_public_acls` to false."
    ),
    aws_error="AccessDenied: Access Denied",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",),
    resources=("aws_s3_bucket_acl",),
    failing="""
resource "aws_s3_bucket" "site" {
  bucket = "acme-payments-site-dev"
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
    """Look for a public ACL."""
    if acl.text("acl", "") not in _PUBLIC or (bucket := bucket_of(acl)) is None:
        return
    blocks = companions(bucket, "aws_s3_bucket_public_access_block")
    if blocks and not any(one.flag("block_public_acls", False) for one in blocks):
        return
    why = f"{blocks[0].address} sets block_public_acls" if blocks else "it blocks public ACLs, as every new bucket"
    yield Problem(
        acl,
        "acl",
        f"acl is {acl.text('acl')} for {bucket.address}, and {why}: AWS refuses it; the apply stops.",
        fix="Remove the ACL; let CloudFront read a private bucket, if it is a site.",
    )


_PUBLIC = ("public-read", "public-read-write", "authenticated-read")
