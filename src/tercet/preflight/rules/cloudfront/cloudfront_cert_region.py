"""A distribution with a certificate that CloudFront does not find."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudfront._example import distribution
from tercet.preflight.rules.route53._certificates import region_of

_CERTIFICATE = """acm_certificate_arn      = "arn:aws:acm:%s:123456789012:certificate/1b2c3d4e-0000-4000-8000-5f6a"
    ssl_support_method       = "sni-only"
    minimum_protocol_version = "TLSv1.2_2021\""""

RULE = Rule(
    id="cloudfront-cert-region",
    title="Distribution with a certificate outside us-east-1",
    severity=Severity.APPLY_FAILS,
    rationale="CloudFront takes ACM certificates from us-east-1 alone, wherever the rest of the deployment is.",
    aws_error=(
        "InvalidViewerCertificate: The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't "
        "valid, or doesn't include a valid certificate chain."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html",
        "https://github.com/cloudposse/terraform-aws-cloudfront-s3-cdn/issues/55",
    ),
    resources=("aws_cloudfront_distribution",),
    failing=distribution('aliases = ["pay.acme-pay.com"]', certificate=_CERTIFICATE % "eu-west-1"),
    passing=distribution('aliases = ["pay.acme-pay.com"]', certificate=_CERTIFICATE % "us-east-1"),
)


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Look at the certificate's region."""
    for viewer in distribution.blocks("viewer_certificate"):
        if not viewer.has("acm_certificate_arn"):
            continue
        try:
            region = region_of(viewer, "acm_certificate_arn")
        except Undecidable:
            if not isinstance(viewer.value("acm_certificate_arn"), str):
                raise
            continue
        if region != "us-east-1":
            yield Problem(
                viewer,
                "acm_certificate_arn",
                f"acm_certificate_arn is {viewer.shown('acm_certificate_arn')}, a certificate of {region}: CloudFront "
                "finds certificates in us-east-1 alone; the apply stops.",
                fix="Request the certificate through a provider for us-east-1.",
                also={"region": region},
            )
