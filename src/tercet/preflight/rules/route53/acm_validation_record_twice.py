"""One validation record, that two names of a certificate share, created twice."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

_EXAMPLE = """
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_acm_certificate" "acme" {
  domain_name               = "acme-pay.com"
  subject_alternative_names = ["*.acme-pay.com"]
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  for_each = { for one in aws_acm_certificate.acme.domain_validation_options : one.domain_name => one }

  zone_id = data.aws_route53_zone.acme.zone_id
  name    = each.value.resource_record_name
  type    = each.value.resource_record_type
  records = [each.value.resource_record_value]
  ttl     = 60%s
}

resource "aws_acm_certificate_validation" "acme" {
  certificate_arn         = aws_acm_certificate.acme.arn
  validation_record_fqdns = [for one in aws_route53_record.validation : one.fqdn]
}
"""

RULE = Rule(
    id="acm-validation-record-twice",
    title="Validation record of a domain and its wildcard, created twice",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "ACM validates a domain and its wildcard (`acme-pay.com` and `*.acme-pay.com`) by the same record. Where each "
        "name of the certificate makes a record, the second of these two finds that it exists, unless "
        "`allow_overwrite` lets it."
    ),
    aws_error=(
        "InvalidChangeBatch: [Tried to create resource record set [name='<name>.', type='CNAME'] but it already exists]"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html",
        "https://github.com/manicminer/terraform-aws-acm-certificate/issues/2",
        "https://github.com/hashicorp/terraform-provider-aws/issues/7918",
    ),
    failing=_EXAMPLE % "",
    passing=_EXAMPLE % "\n\n  allow_overwrite = true",
)


@RULE.check
def check(graph: Graph, _: Context) -> Iterator[Problem]:
    """Look at records that are made for every name of a certificate."""
    for one in graph.refused:
        if one.kind != "each-validation":
            continue
        records = [found for found in graph.find(one.address) if found.type == "aws_route53_record"]
        for certificate in graph.find(one.references[0].address) if records else ():
            yield from _shared(records[0], certificate)


def _shared(record: Resource, certificate: Resource) -> Iterator[Problem]:
    if record.value("allow_overwrite") not in (None, False) or certificate.mode != "managed":
        return
    names = {certificate.text("domain_name") or "", *certificate.texts("subject_alternative_names")}
    shared = sorted(name for name in names if f"*.{name}" in names)
    if shared:
        yield Problem(
            record,
            "allow_overwrite",
            f"{certificate.address} is for {shared[0]} and *.{shared[0]}, which share one validation record, and "
            f"{record.block_address} creates it for each of them: the second finds that it exists.",
            fix="allow_overwrite = true",
            change=Change(record, "allow_overwrite", True),
            also={"certificate": certificate.address},
        )
