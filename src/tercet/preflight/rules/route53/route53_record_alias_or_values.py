"""A record that is both an alias and a list of values, or neither."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Change, Context, Problem, Rule

RULE = Rule(
    id="route53-record-alias-or-values",
    title="Record with alias and values at once, values without ttl, or nothing at all",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A record either is an alias, whose time to live is that of its target, or has values and a `ttl`. The "
        "provider refuses every other combination when it plans."
    ),
    aws_error='"alias": conflicts with <argument>',
    confirmed=True,
    sources=("https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route53_record",),
    resources=("aws_route53_record",),
    failing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_route53_record" "api" {
  zone_id = data.aws_route53_zone.acme.zone_id
  name    = "api.acme-pay.com"
  type    = "CNAME"
  records = ["gateway.acme-pay.net"]
}
""",
    passing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_route53_record" "api" {
  zone_id = data.aws_route53_zone.acme.zone_id
  name    = "api.acme-pay.com"
  type    = "CNAME"
  ttl     = 300
  records = ["gateway.acme-pay.net"]
}
""",
)


@RULE.check
def check(record: Resource, _: Context) -> Iterator[Problem]:
    """Look at what is given of alias, records and ttl."""
    alias = bool(record.blocks("alias"))
    values = record.has("records")
    if alias:
        for argument in ("records", "ttl"):
            if record.has(argument) and record.items(argument):
                yield Problem(
                    record,
                    argument,
                    f"the record is an alias and has {argument} = {record.shown(argument)}: the plan stops.",
                    fix=f"Remove {argument}.",
                    change=Change(record, argument, None),
                    aws_error=f'"alias": conflicts with {argument}',
                )
                return
    elif values and not record.has("ttl"):
        yield Problem(
            record,
            "ttl",
            "records are given and ttl is not: the plan stops.",
            fix="Give it a ttl, such as 300.",
            aws_error='"records": all of `records,ttl` must be specified',
        )
    elif not values and not record.items("records"):
        yield Problem(
            record,
            "records",
            "the record has neither alias nor records: the plan stops.",
            fix="Give it an alias block, or records and a ttl.",
            aws_error='"records": one of `alias,records` must be specified',
        )
