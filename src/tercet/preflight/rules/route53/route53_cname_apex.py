"""A CNAME record at the top of its zone."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.route53._certificates import proves_a_domain
from tercet.preflight.rules.route53._names import is_apex, zone_of

RULE = Rule(
    id="route53-cname-apex",
    title="CNAME record at the apex of a zone",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "The apex of a zone has NS and SOA records, and the DNS allows no CNAME beside other records. Route 53 "
        "refuses it; an alias record of type A does what is wanted."
    ),
    aws_error=(
        "InvalidChangeBatch: [RRSet of type CNAME with DNS name <name>. is not permitted at apex in zone <zone>.]"
    ),
    confirmed=True,
    sources=("https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#CNAMEFormat",),
    resources=("aws_route53_record",),
    failing="""
resource "aws_route53_zone" "payments" {
  name = "payments-dev.acme-pay.com"
}

resource "aws_route53_record" "apex" {
  zone_id = aws_route53_zone.payments.zone_id
  name    = "payments-dev.acme-pay.com"
  type    = "CNAME"
  ttl     = 300
  records = ["gateway.acme-pay.net"]
}
""",
    passing="""
resource "aws_route53_zone" "payments" {
  name = "payments-dev.acme-pay.com"
}

resource "aws_route53_record" "api" {
  zone_id = aws_route53_zone.payments.zone_id
  name    = "api.payments-dev.acme-pay.com"
  type    = "CNAME"
  ttl     = 300
  records = ["gateway.acme-pay.net"]
}
""",
)


@RULE.check
def check(record: Resource, _: Context) -> Iterator[Problem]:
    """Compare the record's name with its zone's."""
    if proves_a_domain(record) or record.text("type") != "CNAME" or (zone := zone_of(record)) is None:
        return
    if is_apex(record, zone):
        yield Problem(
            record,
            "name",
            f"type is CNAME and name is {record.shown('name') or 'empty'}, the apex of {zone.address}: Route 53 "
            "allows no CNAME there; the apply stops.",
            fix='Make it an alias record: type = "A" with an alias block.',
            also={"type": "CNAME"},
        )
