"""A certificate used before it is issued."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules._order import waits_for
from tercet.preflight.rules.route53._certificates import USES, uses, waits_to_be_issued
from tercet.preflight.values import Reference

RULE = Rule(
    id="acm-certificate-unvalidated",
    title="Certificate used without waiting for its validation",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A certificate that ACM has just been asked for is pending until its validation record has been read. A "
        "listener, domain name or distribution that takes `aws_acm_certificate.<name>.arn` is created at once, and "
        "AWS refuses a certificate that is not issued. Taking the ARN from `aws_acm_certificate_validation`, or "
        "depending on it, makes Terraform wait. Imported and private certificates need no wait and are not reported."
    ),
    aws_error=(
        "UnsupportedCertificate: The certificate '<arn>' must have a fully-qualified domain name, a supported "
        "signature, and a supported key size."
    ),
    confirmed=True,
    sources=(
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/acm_certificate_validation",
        "https://github.com/hashicorp/terraform-provider-aws/issues/26245",
    ),
    resources=tuple(USES),
    failing="""
resource "aws_acm_certificate" "api" {
  domain_name       = "api.acme-pay.com"
  validation_method = "DNS"
}

resource "aws_apigatewayv2_domain_name" "api" {
  domain_name = "api.acme-pay.com"

  domain_name_configuration {
    certificate_arn = aws_acm_certificate.api.arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}
""",
    passing="""
resource "aws_acm_certificate" "api" {
  domain_name       = "api.acme-pay.com"
  validation_method = "DNS"
}

resource "aws_acm_certificate_validation" "api" {
  certificate_arn = aws_acm_certificate.api.arn
}

resource "aws_apigatewayv2_domain_name" "api" {
  domain_name = "api.acme-pay.com"

  domain_name_configuration {
    certificate_arn = aws_acm_certificate_validation.api.certificate_arn
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}
""",
)

"""Resources looked at on the way to a validation."""


@RULE.check
def check(user: Resource, context: Context) -> Iterator[Problem]:
    """Look for a certificate made here, and for a validation on the way to it."""
    for place, argument in uses(user):
        value = place.value(argument)
        if not isinstance(value, Reference) or value.path != ("arn",):
            continue
        certificate = next(
            (one for one in context.graph.find(value.address) if one.type == "aws_acm_certificate"), None
        )
        if certificate is None or not waits_to_be_issued(certificate) or certificate.is_passed_out():
            continue
        if waits_for(user, context.graph.of_type("aws_acm_certificate_validation")):
            continue
        yield Problem(
            place,
            argument,
            f"{argument} is {value}: {certificate.address} is pending until its validation, and nothing makes "
            f"{user.address} wait for that; AWS refuses the certificate.",
            fix="Take certificate_arn of an aws_acm_certificate_validation of it.",
            aws_error=_error(user),
        )


def _error(user: Resource) -> str | None:
    if user.type == "aws_cloudfront_distribution":
        return (
            "InvalidViewerCertificate: The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't "
            "valid, or doesn't include a valid certificate chain."
        )
    return None
