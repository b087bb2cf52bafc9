"""A distribution for examples: every rule's example differs from it in one thing."""

from __future__ import annotations

from typing import Final

DISTRIBUTION: Final = """
resource "aws_cloudfront_distribution" "site" {
  enabled = true
  TOP

  origin {
    origin_id   = "api"
    domain_name = "origin.acme-pay.com"

    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }

  default_cache_behavior {
    target_origin_id       = "api"
    viewer_protocol_policy = "redirect-to-https"
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
    BEHAVIOR
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    CERTIFICATE
  }
}
"""

DEFAULT_CERTIFICATE: Final = "cloudfront_default_certificate = true"


def distribution(top: str = "", behavior: str = "", certificate: str = DEFAULT_CERTIFICATE) -> str:
    """Write a distribution with something in it that an example is about."""
    text = DISTRIBUTION.replace("CERTIFICATE", certificate)
    for mark, given in (("TOP", top), ("BEHAVIOR", behavior)):
        text = (
            text.replace(mark, given) if given else "\n".join(line for line in text.split("\n") if line.strip() != mark)
        )
    return text
