"""A primary record for failover that nothing watches."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="route53-failover-no-healthcheck",
    title="Primary failover record without health check",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Route 53 leaves the primary record of a failover pair only when a health check fails, so that a primary that "
        "is no alias must have one. An alias record may evaluate its target's health instead."
    ),
    aws_error="InvalidChangeBatch: [A non-alias primary ResourceRecordSet must have an associated health check.]",
    confirmed=True,
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-failover.html",
        "https://github.com/kubernetes-sigs/external-dns/issues/2362",
    ),
    resources=("aws_route53_record",),
    failing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_route53_record" "primary" {
  zone_id        = data.aws_route53_zone.acme.zone_id
  name           = "api.acme-pay.com"
  type           = "A"
  ttl            = 60
  records        = ["198.51.100.10"]
  set_identifier = "primary"

  failover_routing_policy {
    type = "PRIMARY"
  }
}
""",
    passing="""
data "aws_route53_zone" "acme" {
  name = "acme-pay.com"
}

resource "aws_route53_health_check" "primary" {
  fqdn              = "primary.acme-pay.com"
  port              = 443
  type              = "HTTPS"
  resource_path     = "/health"
  failure_threshold = 3
  request_interval  = 30
}

resource "aws_route53_record" "primary" {
  zone_id         = data.aws_route53_zone.acme.zone_id
  name            = "api.acme-pay.com"
  type            = "A"
  ttl             = 60
  records         = ["198.51.100.10"]
  set_identifier  = "primary"
  health_check_id = aws_route53_health_check.primary.id

  failover_routing_policy {
    type = "PRIMARY"
  }
}
""",
)


@RULE.check
def check(record: Resource, _: Context) -> Iterator[Problem]:
    """Look at the policy, the alias and the health check."""
    policy = record.block("failover_routing_policy")
    if policy is None or policy.text("type") != "PRIMARY" or record.has("health_check_id") or record.blocks("alias"):
        return
    yield Problem(
        record,
        "health_check_id",
        f"failover_routing_policy.type is PRIMARY for {record.shown('name')}, which is no alias and has no "
        "health_check_id: Route 53 refuses the record.",
        fix="Give it a health_check_id.",
    )
