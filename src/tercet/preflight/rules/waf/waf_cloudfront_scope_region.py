"""A web ACL for CloudFront in another region than us-east-1."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

_ACL = """
provider "aws" {
  region = "%s"
}

resource "aws_wafv2_ip_set" "blocked" {
  name               = "payments-blocked-dev"
  scope              = "CLOUDFRONT"
  ip_address_version = "IPV4"
  addresses          = ["198.51.100.0/24"]
}
"""

RULE = Rule(
    id="waf-cloudfront-scope-region",
    title="WAF resource of scope CLOUDFRONT outside us-east-1",
    severity=Severity.APPLY_FAILS,
    rationale="Web ACLs, rule groups and sets of scope CLOUDFRONT are created through us-east-1 alone.",
    aws_error=(
        "WAFInvalidParameterException: Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html",
        "https://github.com/aws/aws-cdk/pull/32252",
    ),
    resources=("aws_wafv2_web_acl", "aws_wafv2_rule_group", "aws_wafv2_ip_set", "aws_wafv2_regex_pattern_set"),
    failing=_ACL % "eu-west-1",
    passing=_ACL % "us-east-1",
)


@RULE.check
def check(resource: Resource, _: Context) -> Iterator[Problem]:
    """Compare scope and region."""
    if resource.text("scope") == "CLOUDFRONT" and (region := resource.known_region()) != "us-east-1":
        yield Problem(
            resource,
            "scope",
            f"scope is CLOUDFRONT and the region is {region}: WAF takes it in us-east-1 alone; the apply stops.",
            fix="Create it through a provider for us-east-1.",
            also={"region": region},
        )
