"""Countries where none are wanted, and none where some are."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.cloudfront._example import distribution

RULE = Rule(
    id="cloudfront-geo-restriction",
    title="Restriction to countries that does not say which, or says some for none",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A whitelist or blacklist of countries has at least one of them; with the restriction `none` there is no list."
    ),
    aws_error="InvalidGeoRestrictionParameter: Your request contains invalid Restriction parameters.",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GeoRestriction.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/19243",
    ),
    resources=("aws_cloudfront_distribution",),
    failing=distribution().replace('restriction_type = "none"', 'restriction_type = "whitelist"'),
    passing=distribution(),
)


@RULE.check
def check(distribution: Resource, _: Context) -> Iterator[Problem]:
    """Compare the kind of restriction with its countries."""
    for restrictions in distribution.blocks("restrictions"):
        for geo in restrictions.blocks("geo_restriction"):
            kind = geo.text("restriction_type")
            locations = geo.items("locations")
            if kind == "none" and locations:
                yield Problem(
                    geo,
                    "locations",
                    f"restriction_type is none, and locations is {geo.shown('locations')}: CloudFront refuses it.",
                    fix="Remove locations, or write whitelist or blacklist.",
                )
            elif kind in ("whitelist", "blacklist") and not locations:
                yield Problem(
                    geo,
                    "locations",
                    f"restriction_type is {kind}, and there are no locations: CloudFront refuses it.",
                    fix='Add locations, or write restriction_type = "none".',
                )
