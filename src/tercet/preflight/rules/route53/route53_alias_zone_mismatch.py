"""An alias whose target lies in another zone than it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.values import Reference

RULE = Rule(
    id="route53-alias-zone-mismatch",
    title="Alias with the zone of another target",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "`alias.zone_id` is the hosted zone of the target (of the load balancer, distribution or API domain), not the "
        "zone that the record is in; only an alias to another record of one's own zone names that zone. An API's "
        "regional name belongs to its regional zone, and its CloudFront name to CloudFront's."
    ),
    aws_error=(
        "InvalidChangeBatch: [Tried to create an alias that targets <name>., type A in zone <zone>, but the alias "
        "target name does not lie within the target zone]"
    ),
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html",
        "https://github.com/aws/aws-cdk/issues/19643",
    ),
    resources=("aws_route53_record",),
    failing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

variable "subnet_ids" {
  type = list(string)
}

resource "aws_lb" "payments" {
  name     = "payments-dev"
  internal = true
  subnets  = var.subnet_ids
}

resource "aws_route53_record" "api" {
  zone_id = data.aws_route53_zone.acme.zone_id
  name    = "api.acme-pay.com"
  type    = "A"

  alias {
    name                   = aws_lb.payments.dns_name
    zone_id                = data.aws_route53_zone.acme.zone_id
    evaluate_target_health = true
  }
}
""",
    passing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

variable "subnet_ids" {
  type = list(string)
}

resource "aws_lb" "payments" {
  name     = "payments-dev"
  internal = true
  subnets  = var.subnet_ids
}

resource "aws_route53_record" "api" {
  zone_id = data.aws_route53_zone.acme.zone_id
  name    = "api.acme-pay.com"
  type    = "A"

  alias {
    name                   = aws_lb.payments.dns_name
    zone_id                = aws_lb.payments.zone_id
    evaluate_target_health = true
  }
}
""",
)

CLOUDFRONT_ZONE: Final = "Z2FDTNDATAQYW2"
"""The one zone of all distributions, as CloudFront's documentation gives it."""

_ZONE_OF: Final = {
    ("aws_lb", "dns_name"): "zone_id",
    ("aws_alb", "dns_name"): "zone_id",
    ("aws_elb", "dns_name"): "zone_id",
    ("aws_cloudfront_distribution", "domain_name"): "hosted_zone_id",
    ("aws_api_gateway_domain_name", "regional_domain_name"): "regional_zone_id",
    ("aws_api_gateway_domain_name", "cloudfront_domain_name"): "cloudfront_zone_id",
    ("aws_globalaccelerator_accelerator", "dns_name"): "hosted_zone_id",
}
"""What a target is named by → the attribute that holds its zone."""


@RULE.check
def check(record: Resource, context: Context) -> Iterator[Problem]:
    """Compare what gives the name with what gives the zone."""
    for alias in record.blocks("alias"):
        name, zone = alias.value("name"), alias.value("zone_id")
        if not isinstance(name, Reference) or not isinstance(zone, Reference | str):
            continue
        targets = context.graph.find(name.address)
        wanted = _ZONE_OF.get((targets[0].type, str(name.path[0]))) if targets and name.path else None
        if wanted is None or not _differs(zone, name, targets[0], wanted, context):
            continue
        yield _problem(alias, name, wanted)


def _differs(zone: Reference | str, name: Reference, target: Resource, wanted: str, context: Context) -> bool:
    """Tell whether the zone is certainly not the target's."""
    if isinstance(zone, Reference):
        owners = context.graph.find(zone.address)
        if not owners or not zone.path:
            return False
        if owners[0].type == "aws_route53_zone":
            return True
        return owners[0].block_address == target.block_address and zone.path[0] != wanted
    if target.type == "aws_cloudfront_distribution" and zone.startswith("Z"):
        return zone != CLOUDFRONT_ZONE
    return zone == CLOUDFRONT_ZONE and name.path[0] in ("dns_name", "regional_domain_name")


def _problem(alias: Block, name: Reference, wanted: str) -> Problem:
    return Problem(
        alias,
        "zone_id",
        f"alias.name is {name} and alias.zone_id is {alias.shown('zone_id')}, which is not the zone of that name: "
        "Route 53 refuses the alias.",
        fix=f"zone_id = {name.address}.{wanted}",
        also={"name": str(name)},
    )
