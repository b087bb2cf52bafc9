"""Listeners that encrypt without a certificate."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.elb._balancers import LISTENERS
from tercet.preflight.rules.elb._examples import HTTPS, group, listener

RULE = Rule(
    id="lb-listener-certificate",
    title="An HTTPS or TLS listener without a certificate",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A listener that encrypts has a certificate from the start. Those of aws_lb_listener_certificate are added to "
        "one that exists, and do not replace it."
    ),
    aws_error="ValidationError: A certificate must be specified for HTTPS listeners",
    sources=("https://docs.aws.amazon.com/elasticloadbalancing/latest/application/create-https-listener.html",),
    resources=LISTENERS,
    failing=group() + listener(*HTTPS[:3]),
    passing=group() + listener(*HTTPS),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look for the certificate."""
    if resource.has("certificate_arn"):
        return
    protocol = resource.text("protocol")
    if protocol in ("HTTPS", "TLS"):
        yield Problem(
            resource,
            "certificate_arn",
            f"protocol is {protocol} and certificate_arn is missing.",
            fix="Set certificate_arn to a certificate of the same region.",
            aws_error=f"ValidationError: A certificate must be specified for {protocol} listeners",
            also={"protocol": protocol},
        )
