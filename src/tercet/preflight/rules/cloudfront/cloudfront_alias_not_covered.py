"""A distribution with a name that its certificate is not for."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudfront._example import distribution
from tercet.preflight.rules.route53._certificates import certificate_of, waits_to_be_issued
from tercet.preflight.rules.route53._names import plain

_CERTIFICATE = """
provider "aws" {
  region = "us-east-1"
}

resource "aws_acm_certificate" "site" {
  domain_name       = "%s"
  validation_method = "DNS"
}

resource "aws_acm_certificate_validation" "site" {
  certificate_arn = aws_acm_certificate.site.arn
}
"""
_VIEWER = """acm_certificate_arn      = aws_acm_certificate_validation.site.certificate_arn
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021\""""

RULE = Rule(
    id="cloudfront-alias-not-covered",
    title="Distribution with an alias that its certificate does not cover",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Every alias must be among the certificate's names, or lie directly below one of them that begins with `*.`: a "
        "wildcard covers one level, and not the domain itself."
    ),
    aws_error=(
        "InvalidViewerCertificate: The certificate that is attached to your distribution doesn't cover the alternate "
        "domain name (CNAME) that you're trying to add."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements",
        "https://github.com/hashicorp/terraform-provider-aws/issues/13828",
    ),
    resources=("aws_cloudfront_distribution",),
    failing=_CERTIFICATE % "*.acme-pay.com" + distribution('aliases = ["acme-pay.com"]', certificate=_VIEWER),
    passing=_CERTIFICATE % "*.acme-pay.com" + distribution('aliases = ["pay.acme-pay.com"]', certificate=_VIEWER),
)


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Compare the aliases with the names of a certificate made here."""
    for viewer in distribution.blocks("viewer_certificate"):
        certificate = certificate_of(viewer, "acm_certificate_arn") if viewer.has("acm_certificate_arn") else None
        if certificate is None or not waits_to_be_issued(certificate) or not distribution.has("aliases"):
            continue
        names = [certificate.text("domain_name") or "", *certificate.texts("subject_alternative_names")]
        covered = {plain(name) for name in names}
        for alias in distribution.texts("aliases"):
            if not _covers(covered, plain(alias)):
                yield Problem(
                    distribution,
                    "aliases",
                    f"{alias} is an alias, and {certificate.address} is for {', '.join(names)}: CloudFront refuses the "
                    "distribution.",
                    fix=f"Add {alias} to subject_alternative_names of {certificate.address}.",
                    also={"alias": alias},
                )
                return


def _covers(names: set[str], alias: str) -> bool:
    return alias in names or f"*.{alias.partition('.')[2]}" in names
