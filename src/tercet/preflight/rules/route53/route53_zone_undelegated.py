"""A public zone made together with a certificate that needs the zone to be delegated."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.route53._certificates import domains_of, waits_to_be_issued
from tercet.preflight.rules.route53._names import NEVER_DELEGATED, RESERVED_BY_AWS, ends_within, is_ours, within
from tercet.preflight.values import references_in

RULE = Rule(
    id="route53-zone-undelegated",
    title="New public zone and certificate validation in one apply",
    severity=Severity.ADVICE,
    rationale=(
        "A new public zone gets its name servers when it is created. Until they stand at the registrar, or in the "
        "parent zone, nobody reads its records and ACM issues no certificate: the apply waits up to 75 minutes for "
        "somebody to delegate the zone. Domains in `own_domains` of the intent, and zones whose NS record stands in "
        "the same configuration, are taken to be delegated."
    ),
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/CreatingNewSubdomain.html",
        "https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
    ),
    resources=("aws_route53_zone",),
    failing="""
resource "aws_route53_zone" "payments" {
  name = "payments-dev.acme-pay.com"
}

resource "aws_acm_certificate" "api" {
  domain_name       = "api.payments-dev.acme-pay.com"
  validation_method = "DNS"
}

resource "aws_acm_certificate_validation" "api" {
  certificate_arn = aws_acm_certificate.api.arn
}
""",
    passing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_route53_zone" "payments" {
  name = "payments-dev.acme-pay.com"
}

resource "aws_route53_record" "delegation" {
  zone_id = data.aws_route53_zone.acme.zone_id
  name    = "payments-dev.acme-pay.com"
  type    = "NS"
  ttl     = 300
  records = aws_route53_zone.payments.name_servers
}

resource "aws_acm_certificate" "api" {
  domain_name       = "api.payments-dev.acme-pay.com"
  validation_method = "DNS"
}

resource "aws_acm_certificate_validation" "api" {
  certificate_arn = aws_acm_certificate.api.arn
  depends_on      = [aws_route53_record.delegation]
}
""",
)


@RULE.check
def check(zone: Resource, context: Context) -> Iterator[Problem]:
    """Look for a validation that needs the zone, and for what delegates it."""
    name = zone.text("name")
    if name is None or zone.blocks("vpc") or is_ours(name, context.intent.own_domains):
        return
    if ends_within(name, NEVER_DELEGATED + RESERVED_BY_AWS) or _is_handed_on(zone):
        return
    for validation in context.graph.of_type("aws_acm_certificate_validation"):
        certificate = validation.target("certificate_arn", "aws_acm_certificate")
        if certificate is None or not waits_to_be_issued(certificate):
            continue
        if any(within(one, name) for one in domains_of(certificate)):
            yield Problem(
                zone,
                "name",
                f"{validation.address} waits until the world reads records of {name}, and nothing here delegates "
                f"{name} to this new zone: the first apply waits up to 75 minutes for somebody to do it.",
                fix="Delegate the zone in its parent (an NS record with name_servers), or apply the zone first.",
            )
            return


def _is_handed_on(zone: Resource) -> bool:
    """Tell whether the name servers are used by anything here, or may be by a module that is not at hand."""
    if zone.is_passed_out():
        return True
    return any(
        reference.path[:1] == ("name_servers",) and reference.address.startswith(zone.block_address)
        for other in zone.referrers()
        for value in other.values.values()
        for reference in references_in(value)
    )
