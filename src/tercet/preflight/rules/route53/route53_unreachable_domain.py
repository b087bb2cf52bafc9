"""A public hosted zone below a name that the root of the DNS never delegates."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.route53._names import NEVER_DELEGATED, ends_within

RULE = Rule(
    id="route53-unreachable-domain",
    title="Public hosted zone below a name that is never delegated",
    severity=Severity.SILENT_OUTAGE,
    rationale=(
        "Names such as .test, .local and .internal are kept for special or private use (RFC 2606, 6761, 6762): nobody "
        "can register below them and no resolver is ever led to the zone. Route 53 creates a public zone of such a "
        "name, and none of its records can be resolved. A private zone (one with a `vpc` block) is fine."
    ),
    sources=(
        "https://www.rfc-editor.org/rfc/rfc6761",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zones-private.html",
    ),
    resources=("aws_route53_zone",),
    failing="""
resource "aws_route53_zone" "payments" {
  name = "payments.testing.local"
}
""",
    passing="""
resource "aws_route53_zone" "payments" {
  name = "payments-dev.acme-pay.com"
}
""",
)


@RULE.check
def check(zone: Resource, _: Context) -> Iterator[Problem]:
    """Compare the name with those that are never delegated."""
    kept = ends_within(zone.value("name"), NEVER_DELEGATED)
    if kept is None:
        zone.text("name")  # not known: undecided
        return
    if zone.blocks("vpc"):
        return
    yield Problem(
        zone,
        "name",
        f"name is {zone.shown('name')} and the zone is public: .{kept} is never delegated, so that no record of the "
        "zone can be resolved.",
        fix="Take a domain that you have registered, or make the zone private with a vpc block.",
    )
