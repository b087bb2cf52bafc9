"""Headers that an origin request policy cannot pass on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

_EXAMPLE = """
resource "aws_cloudfront_origin_request_policy" "api" {
  name = "api-dev"

  cookies_config {
    cookie_behavior = "none"
  }

  headers_config {
    header_behavior = "whitelist"

    headers {
      items = ["%s"]
    }
  }

  query_strings_config {
    query_string_behavior = "all"
  }
}
"""

RULE = Rule(
    id="cloudfront-origin-request-headers",
    title="Origin request policy with a header that only a cache policy passes on",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`Authorization` and `Accept-Encoding` decide what may be cached, so that CloudFront lets a cache policy pass "
        "them on, and no origin request policy that lists headers. A policy that passes on all the viewer's headers "
        "(`allViewer`) has `Authorization` among them."
    ),
    aws_error="InvalidArgument: The parameter Headers contains Authorization that is not allowed.",
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html",
        "https://github.com/aws/aws-cdk/issues/15286",
        "https://github.com/aws/aws-cdk/issues/13408",
    ),
    resources=("aws_cloudfront_origin_request_policy",),
    failing=_EXAMPLE % "Authorization",
    passing=_EXAMPLE % "X-Tenant",
)

_OF_CACHE_POLICIES: Final = frozenset(("authorization", "accept-encoding"))


@RULE.check
def check(policy: Resource, _: Context) -> Iterator[Problem]:
    """Look at the headers that are listed to be passed on."""
    for config in policy.blocks("headers_config"):
        if config.text("header_behavior") != "whitelist":
            continue
        for headers in config.blocks("headers"):
            for name in headers.items("items"):
                if isinstance(name, str) and name.lower() in _OF_CACHE_POLICIES:
                    yield Problem(
                        headers,
                        "items",
                        f"The header {name} is to be passed on, which an origin request policy cannot: CloudFront "
                        "refuses it.",
                        fix=f"Pass {name} on by an aws_cloudfront_cache_policy, or write header_behavior "
                        '= "allViewer".',
                        aws_error=f"InvalidArgument: The parameter Headers contains {name} that is not allowed.",
                        also={"header": str(name)},
                    )
