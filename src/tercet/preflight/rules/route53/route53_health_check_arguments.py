"""A health check that Route 53 cannot carry out."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule

RULE = Rule(
    id="route53-health-check-arguments",
    title="Health check that lacks what its type needs, or cannot reach its target",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "An endpoint check needs `fqdn` or `ip_address`, a string match its `search_string`, an alarm check its "
        "alarm, and a calculated one its children. Route 53's checkers are on the internet, and refuse a private "
        "address. The interval is 10 or 30 seconds, the threshold 1 to 10."
    ),
    aws_error="InvalidInput: Invalid parameter",
    sources=(
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html",
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html",
    ),
    resources=("aws_route53_health_check",),
    failing="""
resource "aws_route53_health_check" "api" {
  ip_address        = "10.20.4.10"
  port              = 443
  type              = "HTTPS"
  resource_path     = "/health"
  failure_threshold = 3
  request_interval  = 30
}
""",
    passing="""
resource "aws_route53_health_check" "api" {
  fqdn              = "api.acme-pay.com"
  port              = 443
  type              = "HTTPS"
  resource_path     = "/health"
  failure_threshold = 3
  request_interval  = 30
}
""",
)

_ENDPOINT: Final = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")
_NEEDED: Final = {
    "HTTP_STR_MATCH": ("search_string",),
    "HTTPS_STR_MATCH": ("search_string",),
    "CLOUDWATCH_METRIC": ("cloudwatch_alarm_name", "cloudwatch_alarm_region"),
    "CALCULATED": ("child_healthchecks",),
    "RECOVERY_CONTROL": ("routing_control_arn",),
}
_PRIVATE: Final = tuple(
    ipaddress.ip_network(one)
    for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16")
)


@RULE.check
def check(health: Resource, _: Context) -> Iterator[Problem]:
    """Look at what the type needs, at the address, and at the ranges."""
    kind = health.text("type") or ""
    if kind in _ENDPOINT and not health.has("fqdn") and not health.has("ip_address"):
        yield _missing(health, kind, "fqdn")
    for argument in _NEEDED.get(kind, ()):
        if not health.has(argument):
            yield _missing(health, kind, argument)
    if kind not in _ENDPOINT:
        return
    address = health.value("ip_address")
    if isinstance(address, str) and _is_private(address):
        yield Problem(
            health,
            "ip_address",
            f"ip_address is {address}, a private address: Route 53 checks from the internet and refuses it.",
            fix="Check a public address or name; for a private endpoint, make the check of type CLOUDWATCH_METRIC.",
        )
    yield from _ranges(health)


def _missing(health: Resource, kind: str, argument: str) -> Problem:
    return Problem(
        health,
        argument,
        f"type is {kind} and {argument} is not given: Route 53 refuses the check.",
        fix=f"Give {argument}.",
        also={"type": kind},
    )


def _ranges(health: Resource) -> Iterator[Problem]:
    interval = health.number("request_interval")
    if interval is not None and interval not in (10, 30):
        yield _outside(health, "request_interval", interval, "10 and 30", 30)
    threshold = health.number("failure_threshold")
    if threshold is not None and not 1 <= threshold <= 10:
        yield _outside(health, "failure_threshold", threshold, "1 to 10", 3)


def _outside(health: Resource, argument: str, value: float, allowed: str, better: int) -> Problem:
    message = f"{argument} is {value}, and {allowed} are allowed: the plan stops."
    return Problem(health, argument, message, fix=f"{argument} = {better}")


def _is_private(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return found.version == 4 and any(found in network for network in _PRIVATE)
