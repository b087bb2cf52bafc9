"""Distributions: near misses."""

from __future__ import annotations

import pytest

from tercet.preflight.rules.cloudfront._example import distribution
from tests.preflight.checking import check_hcl, found

PROVIDERS = """
provider "aws" {
  region = "eu-west-1"
}
provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
}
"""
CERTIFICATE = """
resource "aws_acm_certificate" "site" {
  provider          = aws.virginia
  domain_name       = "pay.acme-pay.com"
  validation_method = "DNS"
}
resource "aws_acm_certificate_validation" "site" {
  provider        = aws.virginia
  certificate_arn = aws_acm_certificate.site.arn
}
"""
VIEWER = (
    'acm_certificate_arn = aws_acm_certificate_validation.site.certificate_arn\n    ssl_support_method = "sni-only"'
)


def test_a_certificate_through_its_validation_keeps_its_region():
    text = PROVIDERS + CERTIFICATE + distribution('aliases = ["pay.acme-pay.com"]', certificate=VIEWER)
    assert not found(check_hcl(text), "cloudfront-cert-region")
    assert found(check_hcl(text.replace("provider          = aws.virginia", "")), "cloudfront-cert-region")


def test_a_certificate_of_a_region_that_is_not_known_is_undecided():
    providers = 'variable "region" {\n  type = string\n}\nprovider "aws" {\n  region = var.region\n}\n'
    text = providers + CERTIFICATE.replace("  provider          = aws.virginia\n", "").replace(
        "  provider        = aws.virginia\n", ""
    )
    report = check_hcl(text + distribution('aliases = ["pay.acme-pay.com"]', certificate=VIEWER))
    assert not found(report, "cloudfront-cert-region")
    assert "cloudfront-cert-region" in {one.rule for one in report.undecided}


def test_an_origin_group_is_a_target():
    group = """origin_group {
    origin_id = "both"
    failover_criteria {
      status_codes = [500]
    }
    member {
      origin_id = "api"
    }
    member {
      origin_id = "spare"
    }
  }"""
    text = distribution(group).replace('target_origin_id       = "api"', 'target_origin_id       = "both"')
    (finding,) = found(check_hcl(text), "cloudfront-unknown-origin")
    assert "spare" in finding.message


def test_an_unknown_web_acl_is_no_alarm():
    text = 'variable "acl" {\n  type = string\n}\n' + distribution("web_acl_id = var.acl")
    assert not found(check_hcl(text), "cloudfront-web-acl")


def test_sets_of_methods_are_sets():
    text = distribution().replace(
        'allowed_methods        = ["GET", "HEAD"]', 'allowed_methods        = ["HEAD", "GET", "OPTIONS"]'
    )
    assert not found(check_hcl(text), "cloudfront-methods")


@pytest.mark.parametrize(
    ("names", "alias", "wrong"),
    [
        ('"acme-pay.com"', "acme-pay.com", False),
        ('"acme-pay.com"', "www.acme-pay.com", True),
        ('"*.acme-pay.com"', "a.b.acme-pay.com", True),
        ('"acme-pay.com"\n  subject_alternative_names = ["*.acme-pay.com"]', "www.ACME-pay.com", False),
        ('"acme-pay.com"\n  subject_alternative_names = var.names', "www.acme-pay.com", False),
    ],
)
def test_a_certificate_covers_its_own_names_and_one_level_below_a_wildcard(names: str, alias: str, wrong: bool):
    certificate = CERTIFICATE.replace('"pay.acme-pay.com"', names)
    text = PROVIDERS + certificate + distribution(f'aliases = ["{alias}"]', certificate=VIEWER)
    report = check_hcl(text + 'variable "names" {\n  type = list(string)\n}\n')
    assert bool(found(report, "cloudfront-alias-not-covered")) is wrong
