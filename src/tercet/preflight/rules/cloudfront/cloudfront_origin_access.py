"""A private bucket that its distribution may not read."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule

_SITE = """
resource "aws_s3_bucket" "site" {
  bucket = "acme-payments-site-dev"
}

resource "aws_cloudfront_origin_access_control" "site" {
  name                              = "payments-site-dev"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

resource "aws_cloudfront_distribution" "site" {
  enabled             = true
  default_root_object = "index.html"

  origin {
    origin_id                = "site"
    domain_name              = aws_s3_bucket.site.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
  }

  default_cache_behavior {
    target_origin_id       = "site"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
"""
_POLICY = """
resource "aws_s3_bucket_policy" "site" {
  bucket = aws_s3_bucket.site.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "cloudfront.amazonaws.com" }
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.site.arn}/*"
      Condition = {
        StringEquals = { "AWS:SourceArn" = aws_cloudfront_distribution.site.arn }
      }
    }]
  })
}
"""

RULE = Rule(
    id="cloudfront-origin-access",
    title="Distribution that signs requests to a bucket without policy",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "An origin access control signs what CloudFront asks of a bucket; the bucket's policy must still allow "
        "`cloudfront.amazonaws.com` to read. Without a policy every request is answered with 403."
    ),
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html",
    ),
    resources=("aws_cloudfront_distribution",),
    failing=_SITE,
    passing=_SITE + _POLICY,
)


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Look for a policy of each private bucket made here."""
    for origin in distribution.blocks("origin"):
        if not origin.has("origin_access_control_id"):
            continue
        bucket = origin.target("domain_name", "aws_s3_bucket")
        if bucket is None or bucket.mode != "managed" or bucket.has("policy"):
            continue
        if bucket.referrers("aws_s3_bucket_policy"):
            continue
        if bucket.is_passed_out() or distribution.is_passed_out():
            raise Undecidable("origin", f"{bucket.address} is given to a module whose source is not at hand")
        yield Problem(
            origin,
            "origin_access_control_id",
            f"{distribution.address} asks {bucket.address} as cloudfront.amazonaws.com, and the bucket has no policy "
            "that lets it: every request is answered with 403.",
            fix="Add an aws_s3_bucket_policy that allows cloudfront.amazonaws.com s3:GetObject for this distribution.",
            also={"bucket": bucket.address},
        )
