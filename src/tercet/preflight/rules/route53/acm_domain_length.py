"""A certificate whose first name is too long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.route53._certificates import waits_to_be_issued

RULE = Rule(
    id="acm-domain-length",
    title="Certificate with a first name of over 64 characters",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The first name of a certificate becomes its common name, which X.509 limits to 64 characters. Longer names "
        "can stand among `subject_alternative_names`."
    ),
    aws_error="ValidationException: the first domain name can be no longer than 64 octets",
    sources=("https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html",),
    resources=("aws_acm_certificate",),
    failing="""
resource "aws_acm_certificate" "api" {
  domain_name       = "api.payments-processing-integration-environment-dev.europe.acme-pay.com"
  validation_method = "DNS"
}
""",
    passing="""
resource "aws_acm_certificate" "api" {
  domain_name       = "api.payments-dev.acme-pay.com"
  validation_method = "DNS"
}
""",
)

_LONGEST: Final = 64


@RULE.check
def check(certificate: Resource, _: Context) -> Iterator[Problem]:
    """Measure the name."""
    if not waits_to_be_issued(certificate):
        return
    name = certificate.text("domain_name") or ""
    if len(name) > _LONGEST:
        yield Problem(
            certificate,
            "domain_name",
            f"domain_name has {len(name)} characters and ACM allows {_LONGEST} in the first name: the request is "
            "refused.",
            fix="Put a shorter name first and this one into subject_alternative_names.",
        )
