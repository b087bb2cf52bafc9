"""A public hosted zone below a name that AWS keeps for documentation."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.route53._names import RESERVED_BY_AWS, ends_within

RULE = Rule(
    id="route53-reserved-domain",
    title="Hosted zone below example.com, example.net or example.org",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "RFC 2606 keeps example.com, example.net and example.org for documentation, and Route 53 refuses a public "
        "hosted zone of that name or below it. A private zone (one with a `vpc` block) may have any name."
    ),
    aws_error="InvalidDomainName: <name> is reserved by AWS!",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html",
        "https://www.rfc-editor.org/rfc/rfc2606",
    ),
    resources=("aws_route53_zone",),
    failing="""
resource "aws_route53_zone" "payments" {
  name = "payments-dev.example.com"
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
    """Compare the name with the reserved ones."""
    reserved = ends_within(zone.value("name"), RESERVED_BY_AWS)
    if reserved is None:
        zone.text("name")  # not known: undecided
        return
    if zone.blocks("vpc"):
        return
    yield Problem(
        zone,
        "name",
        f"name is {zone.shown('name')}, and {reserved} is reserved: AWS refuses the hosted zone and the apply stops.",
        fix="Take a domain that you have registered, or make the zone private with a vpc block.",
        aws_error=f"InvalidDomainName: {zone.shown('name')} is reserved by AWS!",
    )
