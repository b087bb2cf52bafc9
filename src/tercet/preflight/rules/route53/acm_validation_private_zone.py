"""A proof of ownership in a zone that only a VPC can read."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.route53._names import zone_of
from tercet.preflight.values import references_in

RULE = Rule(
    id="acm-validation-private-zone",
    title="Certificate validation record in a private zone",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "ACM reads validation records from the public DNS. A record in a private hosted zone is never found, and "
        "`aws_acm_certificate_validation` fails after 75 minutes."
    ),
    aws_error=(
        "waiting for ACM Certificate (<arn>) to be issued: timeout while waiting for state to become 'ISSUED' (last "
        "state: 'PENDING_VALIDATION', timeout: 1h15m0s)"
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",),
    resources=("aws_route53_record",),
    failing="""
resource "aws_vpc" "payments" {
  cidr_block           = "10.20.0.0/16"
  enable_dns_hostnames = true
}

resource "aws_route53_zone" "payments" {
  name = "acme-pay.com"

  vpc {
    vpc_id = aws_vpc.payments.id
  }
}

resource "aws_acm_certificate" "api" {
  domain_name       = "api.acme-pay.com"
  validation_method = "DNS"
}

resource "aws_route53_record" "validation" {
  zone_id = aws_route53_zone.payments.zone_id
  name    = tolist(aws_acm_certificate.api.domain_validation_options)[0].resource_record_name
  type    = tolist(aws_acm_certificate.api.domain_validation_options)[0].resource_record_type
  ttl     = 60
  records = [tolist(aws_acm_certificate.api.domain_validation_options)[0].resource_record_value]
}

resource "aws_acm_certificate_validation" "api" {
  certificate_arn         = aws_acm_certificate.api.arn
  validation_record_fqdns = [aws_route53_record.validation.fqdn]
}
""",
    passing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_acm_certificate" "api" {
  domain_name       = "api.acme-pay.com"
  validation_method = "DNS"
}

resource "aws_route53_record" "validation" {
  zone_id = data.aws_route53_zone.acme.zone_id
  name    = tolist(aws_acm_certificate.api.domain_validation_options)[0].resource_record_name
  type    = tolist(aws_acm_certificate.api.domain_validation_options)[0].resource_record_type
  ttl     = 60
  records = [tolist(aws_acm_certificate.api.domain_validation_options)[0].resource_record_value]
}

resource "aws_acm_certificate_validation" "api" {
  certificate_arn         = aws_acm_certificate.api.arn
  validation_record_fqdns = [aws_route53_record.validation.fqdn]
}
""",
)


@RULE.check
def check(record: Resource, context: Context) -> Iterator[Problem]:
    """Look for a record made of a certificate's validation options, in a private zone."""
    certificates = [
        found
        for argument in ("name", "records")
        for reference in references_in(record.value(argument))
        if reference.path[:1] == ("domain_validation_options",)
        for found in context.graph.find(reference.address)
    ]
    if not certificates or (zone := zone_of(record)) is None:
        return
    private = bool(zone.blocks("vpc")) if zone.mode == "managed" else zone.flag("private_zone", False)
    if private and certificates[0].referrers("aws_acm_certificate_validation"):
        yield Problem(
            record,
            "zone_id",
            f"zone_id is {record.shown('zone_id')}, a private zone, and the record validates "
            f"{certificates[0].address}: ACM never finds it, and the apply waits 75 minutes and fails.",
            fix="Put the record into the public zone of the domain.",
        )
