"""A distribution with a web ACL that CloudFront cannot use."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudfront._example import distribution
from tercet.preflight.values import Reference

_ACL = """
provider "aws" {
  region = "us-east-1"
}

resource "aws_wafv2_web_acl" "site" {
  name  = "payments-site-dev"
  scope = "%s"

  default_action {
    allow {}
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "payments-site-dev"
    sampled_requests_enabled   = true
  }
}
"""

RULE = Rule(
    id="cloudfront-web-acl",
    title="Distribution with a regional web ACL, or with a web ACL's id instead of its ARN",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A distribution takes a web ACL of scope CLOUDFRONT alone, and names one of WAFv2 by its ARN; the id is the "
        "way of WAF Classic."
    ),
    aws_error="InvalidWebACLId: Web ACL is not accessible by the requester.",
    sources=(
        "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html",
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudfront_distribution",
    ),
    resources=("aws_cloudfront_distribution",),
    failing=_ACL % "REGIONAL" + distribution("web_acl_id = aws_wafv2_web_acl.site.arn"),
    passing=_ACL % "CLOUDFRONT" + distribution("web_acl_id = aws_wafv2_web_acl.site.arn"),
)


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Look at the scope of the web ACL and at how it is named."""
    value = distribution.value("web_acl_id")
    acl = distribution.target("web_acl_id", "aws_wafv2_web_acl") if distribution.has("web_acl_id") else None
    if acl is None:
        return
    if isinstance(value, Reference) and value.path == ("id",) and acl.mode == "managed":
        yield Problem(
            distribution,
            "web_acl_id",
            f"web_acl_id is {value}: a web ACL of WAFv2 is named by its ARN; CloudFront does not find this one.",
            fix=f"web_acl_id = {acl.address}.arn",
        )
    elif acl.text("scope") == "REGIONAL":
        yield Problem(
            distribution,
            "web_acl_id",
            f"{acl.address} has scope REGIONAL: CloudFront takes web ACLs of scope CLOUDFRONT alone.",
            fix='Make its scope "CLOUDFRONT", through a provider for us-east-1.',
            also={"scope": "REGIONAL"},
        )
