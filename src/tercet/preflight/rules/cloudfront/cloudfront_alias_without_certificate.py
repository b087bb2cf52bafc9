"""A distribution with names of its own and CloudFront's certificate."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudfront._example import distribution

RULE = Rule(
    id="cloudfront-alias-without-certificate",
    title="Distribution with aliases and the default certificate",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "CloudFront's default certificate is for *.cloudfront.net. A distribution with `aliases` must have a "
        "certificate that covers them, which is also the proof that the names are its owner's."
    ),
    aws_error=(
        "InvalidViewerCertificate: To add an alternate domain name (CNAME) to a CloudFront distribution, you must "
        "attach a trusted certificate that validates your authorization to use the domain name."
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-requirements",
    ),
    resources=("aws_cloudfront_distribution",),
    failing=distribution('aliases = ["pay.acme-pay.com"]'),
    passing=distribution(),
)


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Look at the aliases and at the certificate."""
    if not distribution.has("aliases"):
        return
    for viewer in distribution.blocks("viewer_certificate"):
        given = viewer.has("acm_certificate_arn") or viewer.has("iam_certificate_id")
        if given or not viewer.flag("cloudfront_default_certificate", False):
            continue
        if distribution.items("aliases"):
            yield Problem(
                distribution,
                "aliases",
                f"aliases are {distribution.shown('aliases')} and viewer_certificate is CloudFront's default: "
                "CloudFront takes aliases only with a certificate that covers them.",
                fix="Give acm_certificate_arn of a certificate in us-east-1, or remove aliases.",
            )
