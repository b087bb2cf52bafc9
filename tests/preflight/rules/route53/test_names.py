"""Names: what is reserved, what is never delegated, what is only not known."""

from __future__ import annotations

import pytest

from tercet.preflight.intent import Intent
from tests.preflight.checking import check_hcl, found

ZONE = 'resource "aws_route53_zone" "z" {\n  name = %s\n%s}\n'
VPC = '  vpc {\n    vpc_id = "vpc-0a1b2c3d"\n  }\n'
CERTIFICATE = """
resource "aws_acm_certificate" "api" {
  domain_name       = "%s"
  validation_method = "DNS"
}
resource "aws_acm_certificate_validation" "api" {
  certificate_arn = aws_acm_certificate.api.arn
}
"""

LISTENER = """
variable "lb_arn" {
  type = string
}
resource "aws_lb_listener" "https" {
  load_balancer_arn = var.lb_arn
  port              = 443
  protocol          = "HTTPS"
  certificate_arn   = aws_acm_certificate.api.arn
%s
  default_action {
    type = "fixed-response"
    fixed_response {
      content_type = "text/plain"
      status_code  = "404"
    }
  }
}
"""


@pytest.mark.parametrize("name", ["example.com", "payments.example.org", "A.Example.NET.", "x.y.example.com"])
def test_reserved_names_are_found(name: str):
    assert found(check_hcl(ZONE % (f'"{name}"', "")), "route53-reserved-domain")


@pytest.mark.parametrize("name", ["myexample.com", "example.com.acme-pay.io", "example.io", "acme-pay.com"])
def test_names_that_only_look_reserved_pass(name: str):
    report = check_hcl(ZONE % (f'"{name}"', ""))
    assert not found(report, "route53-reserved-domain")
    assert not found(report, "route53-unreachable-domain")


@pytest.mark.parametrize(
    "name", ["testing.local", "payments.test", "a.localhost", "x.invalid", "svc.internal", "pay.example", "home.arpa"]
)
def test_names_that_are_never_delegated_are_found(name: str):
    report = check_hcl(ZONE % (f'"{name}"', ""))
    assert found(report, "route53-unreachable-domain")
    assert not found(report, "route53-reserved-domain")


@pytest.mark.parametrize("name", ["payments.example.com", "payments.internal", "payments.local"])
def test_a_private_zone_may_have_any_name(name: str):
    report = check_hcl(ZONE % (f'"{name}"', VPC))
    assert not found(report, "route53-reserved-domain")
    assert not found(report, "route53-unreachable-domain")


def test_a_name_known_at_its_end_is_enough():
    text = 'variable "environment" {\n  type = string\n}\n' + ZONE % ('"${var.environment}.example.com"', "")
    assert found(check_hcl(text), "route53-reserved-domain")


def test_a_name_that_is_not_known_is_undecided():
    report = check_hcl('variable "domain" {\n  type = string\n}\n' + ZONE % ("var.domain", ""))
    assert not report.findings
    assert {one.rule for one in report.undecided} >= {"route53-reserved-domain", "route53-unreachable-domain"}


def test_a_name_through_a_variable_with_a_default_is_found():
    text = 'variable "domain" {\n  default = "payments.example.com"\n}\n' + ZONE % ("var.domain", "")
    assert found(check_hcl(text), "route53-reserved-domain")


@pytest.mark.parametrize("name", ["api.payments.test", "*.testing.local", "payments.example.com"])
def test_a_certificate_for_a_name_that_is_never_delegated_is_found(name: str):
    assert found(check_hcl(CERTIFICATE % name), "route53-undelegated-zone-acm")


def test_a_certificate_beside_a_new_zone_is_undecided_and_advised():
    report = check_hcl(ZONE % ('"acme-pay.io"', "") + CERTIFICATE % "api.acme-pay.io")
    assert not found(report, "route53-undelegated-zone-acm")
    assert "route53-undelegated-zone-acm" in {one.rule for one in report.undecided}
    assert found(report, "route53-zone-undelegated")


def test_own_domains_decide():
    text = ZONE % ('"acme-pay.io"', "") + CERTIFICATE % "api.acme-pay.io"
    ours = check_hcl(text, Intent(own_domains=("acme-pay.io",)))
    assert not found(ours, "route53-undelegated-zone-acm")
    assert not found(ours, "route53-zone-undelegated")
    assert "route53-undelegated-zone-acm" not in {one.rule for one in ours.undecided}
    theirs = check_hcl(text, Intent(own_domains=("other.io",)))
    assert found(theirs, "route53-undelegated-zone-acm")


def test_a_zone_delegated_by_its_parent_here_passes():
    text = (
        ZONE % ('"pay.acme.io"', "")
        + CERTIFICATE % "api.pay.acme.io"
        + """
data "aws_route53_zone" "parent" {
  name = "acme.io"
}
resource "aws_route53_record" "ns" {
  zone_id = data.aws_route53_zone.parent.zone_id
  name    = "pay.acme.io"
  type    = "NS"
  ttl     = 300
  records = aws_route53_zone.z.name_servers
}
"""
    )
    report = check_hcl(text)
    assert not found(report, "route53-zone-undelegated")
    assert "route53-undelegated-zone-acm" not in {one.rule for one in report.undecided}


def test_an_imported_certificate_waits_for_nobody():
    text = """
resource "aws_acm_certificate" "api" {
  private_key      = file("key.pem")
  certificate_body = file("certificate.pem")
}
resource "aws_apigatewayv2_domain_name" "api" {
  domain_name = "api.acme-pay.com"
  domain_name_configuration {
    certificate_arn = aws_acm_certificate.api.arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}
"""
    assert not found(check_hcl(text), "acm-certificate-unvalidated")


@pytest.mark.parametrize(
    ("depends", "wrong"),
    [("", True), ("  depends_on = [aws_acm_certificate_validation.api]\n", False)],
)
def test_a_listener_waits_by_depends_on_too(depends: str, wrong: bool):
    text = CERTIFICATE % "api.acme-pay.com" + LISTENER % depends
    assert bool(found(check_hcl(text), "acm-certificate-unvalidated")) is wrong
