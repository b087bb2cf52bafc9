"""A routing policy on a record that has no name of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="route53-routing-set-identifier",
    title="Routing policy without set_identifier, or set_identifier without routing policy",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Records of one name and type that are chosen by weight, region, place or health are told apart by their "
        "`set_identifier`: each of them needs one, and a record without a routing policy must not have one."
    ),
    aws_error='"<policy>": all of `set_identifier,<policy>` must be specified',
    confirmed=True,
    sources=(
        "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/route53_record",
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html",
    ),
    resources=("aws_route53_record",),
    failing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_route53_record" "api" {
  zone_id = data.aws_route53_zone.acme.zone_id
  name    = "api.acme-pay.com"
  type    = "CNAME"
  ttl     = 60
  records = ["blue.acme-pay.com"]

  weighted_routing_policy {
    weight = 90
  }
}
""",
    passing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_route53_record" "api" {
  zone_id        = data.aws_route53_zone.acme.zone_id
  name           = "api.acme-pay.com"
  type           = "CNAME"
  ttl            = 60
  records        = ["blue.acme-pay.com"]
  set_identifier = "blue"

  weighted_routing_policy {
    weight = 90
  }
}
""",
)

POLICIES: Final = (
    "cidr_routing_policy",
    "failover_routing_policy",
    "geolocation_routing_policy",
    "geoproximity_routing_policy",
    "latency_routing_policy",
    "multivalue_answer_routing_policy",
    "weighted_routing_policy",
)


@RULE.check
def check(record: Resource, _: Context) -> Iterator[Problem]:
    """Look for the policy and for the identifier."""
    policies = [name for name in POLICIES if record.has(name) and record.value(name) is not False]
    if policies and not record.has("set_identifier"):
        record.items(policies[0])  # a dynamic block of unknown number may be none
        yield Problem(
            record,
            "set_identifier",
            f"{policies[0]} is given and set_identifier is not: the plan stops.",
            fix=f'Give it a set_identifier, such as "{record.name}".',
            aws_error=_needs(policies[0]),
        )
    elif not policies and record.text("set_identifier"):
        yield Problem(
            record,
            "set_identifier",
            f"set_identifier is {record.shown('set_identifier')} and the record has no routing policy: Route 53 "
            "refuses it.",
            fix="Remove set_identifier, or give the record the routing policy that it was meant for.",
            aws_error=(
                "InvalidInput: Invalid request: Missing field 'Weight', 'Region', 'Failover', 'GeoLocation' or "
                "'MultiValueAnswer'"
            ),
        )


def _needs(policy: str) -> str:
    together = ",".join(sorted((policy, "set_identifier")))
    return f'"{policy}": all of `{together}` must be specified'
