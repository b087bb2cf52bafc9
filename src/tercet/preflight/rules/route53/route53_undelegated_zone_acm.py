"""A certificate that waits for a proof of ownership which nobody on the internet can read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource, Undecidable
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.route53._certificates import domains_of, waits_to_be_issued
from tercet.preflight.rules.route53._names import NEVER_DELEGATED, RESERVED_BY_AWS, ends_within, is_ours, within
from tercet.preflight.values import references_in

RULE = Rule(
    id="route53-undelegated-zone-acm",
    title="Certificate validation for a domain that is not delegated",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "ACM issues a certificate when it reads the validation record from the public DNS. Below a name that is never "
        "delegated (.test, .local, .internal, example.com …) it never will, and `aws_acm_certificate_validation` "
        "waits 75 minutes, then fails. The same is true of a domain outside `own_domains`, where the intent states "
        "them. For any other domain the configuration does not say whether the zone is delegated: that is undecided, "
        "unless `own_domains` says so, the zone is looked up, or a parent zone here has its NS record."
    ),
    aws_error=(
        "waiting for ACM Certificate (<arn>) to be issued: timeout while waiting for state to become 'ISSUED' (last "
        "state: 'PENDING_VALIDATION', timeout: 1h15m0s)"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
        "https://github.com/hashicorp/terraform-provider-aws/issues/9338",
    ),
    resources=("aws_acm_certificate_validation",),
    failing="""
resource "aws_acm_certificate" "api" {
  domain_name       = "api.payments.test"
  validation_method = "DNS"
}

resource "aws_acm_certificate_validation" "api" {
  certificate_arn = aws_acm_certificate.api.arn
}
""",
    passing="""
data "aws_route53_zone" "payments" {
  name = "payments-dev.acme-pay.com"
}

resource "aws_acm_certificate" "api" {
  domain_name       = "api.payments-dev.acme-pay.com"
  validation_method = "DNS"
}

resource "aws_route53_record" "validation" {
  for_each = {
    for option in aws_acm_certificate.api.domain_validation_options : option.domain_name => option
  }

  zone_id = data.aws_route53_zone.payments.zone_id
  name    = each.value.resource_record_name
  type    = each.value.resource_record_type
  ttl     = 60
  records = [each.value.resource_record_value]
}

resource "aws_acm_certificate_validation" "api" {
  certificate_arn         = aws_acm_certificate.api.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}
""",
)


@RULE.check
def check(validation: Resource, context: Context) -> Iterator[Problem]:
    """Look at the names of the certificate, and at the zones made here that they lie in."""
    certificate = validation.target("certificate_arn", "aws_acm_certificate")
    if certificate is None or not waits_to_be_issued(certificate):
        return
    own = context.intent.own_domains
    for name in domains_of(certificate):
        kept = ends_within(name, NEVER_DELEGATED + RESERVED_BY_AWS)
        if is_ours(name, own):
            continue
        if kept is not None:
            yield _problem(validation, certificate, name, f"{kept} is never delegated")
            return
        if own is not None:
            yield _problem(validation, certificate, name, f"own_domains are {', '.join(own)}")
            return
    certificate.text("domain_name")
    for zone in context.graph.of_type("aws_route53_zone"):
        if own is None and _is_for(zone, certificate) and not _delegated_here(zone):
            raise Undecidable(
                f"{zone.address}.name",
                f"whether {zone.shown('name')} is delegated to {zone.address} is not in the configuration; "
                "own_domains of the intent can say so",
            )


_DELEGATES: Final = ("aws_route53_record", "aws_route53domains_registered_domain", "aws_route53domains_domain")


def _problem(validation: Resource, certificate: Resource, name: str, reason: str) -> Problem:
    return Problem(
        validation,
        "certificate_arn",
        f"{certificate.address} is for {name}, and {reason}: ACM can never read the validation record, and the apply "
        "waits 75 minutes and fails.",
        fix="Take a domain that is registered and delegated to the zone with the validation record.",
        also={"domain_name": name},
    )


def _is_for(zone: Resource, certificate: Resource) -> bool:
    name = zone.value("name")
    return isinstance(name, str) and any(within(one, name) for one in domains_of(certificate))


def _delegated_here(zone: Resource) -> bool:
    """Tell whether an NS record, or a domain's registration, is given the zone's name servers."""
    for other in zone.referrers(*_DELEGATES):
        for argument in ("records", "name_server"):
            for reference in references_in(other.value(argument)):
                if reference.path[:1] in (("name_servers",), ("primary_name_server",)):
                    return True
    return False
