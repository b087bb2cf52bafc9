"""Stickiness that a protocol does not have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.elb._balancers import GROUPS
from tercet.preflight.rules.elb._examples import group

_COOKIES: Final = frozenset(("app_cookie", "lb_cookie"))
_WEB: Final = frozenset(("HTTP", "HTTPS"))

RULE = Rule(
    id="lb-stickiness",
    title="Stickiness by a means that the protocol does not have",
    severity=Severity.APPLY_FAILS,
    rationale="Cookies belong to HTTP; a network load balancer keeps to a target by the client's address (source_ip).",
    aws_error=(
        "InvalidConfigurationRequest: Stickiness type '<type>' is not supported for target groups with the <protocol> "
        "protocol"
    ),
    sources=("https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html",),
    resources=GROUPS,
    failing=group("", "stickiness {", '  type = "lb_cookie"', "}", protocol="TCP"),
    passing=group("", "stickiness {", '  type = "source_ip"', "}", protocol="TCP"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the type with the protocol."""
    for stickiness in resource.blocks("stickiness"):
        kind = stickiness.text("type")
        protocol = resource.text("protocol")
        if kind is None or protocol is None or stickiness.flag("enabled", True) is False:
            continue
        if (kind in _COOKIES) != (protocol in _WEB):
            yield Problem(
                stickiness,
                "type",
                f"stickiness.type is {kind} and protocol is {protocol}.",
                fix='Use "lb_cookie" with HTTP and HTTPS, "source_ip" with the others.',
                aws_error=(
                    f"InvalidConfigurationRequest: Stickiness type '{kind}' is not supported for target groups with "
                    f"the {protocol} protocol"
                ),
                also={"protocol": protocol},
            )
