"""Protocols that a kind of load balancer does not have."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.elb._balancers import LISTENERS, PROTOCOLS, forwarded_to, kind_of
from tercet.preflight.rules.elb._examples import HTTPS, group, listener

RULE = Rule(
    id="lb-listener-protocol",
    title="A listener or target group with a protocol that the load balancer does not have",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Application load balancers speak HTTP and HTTPS, network load balancers TCP, TLS, UDP and the like; so do "
        "the target groups that they forward to, except that a network load balancer may forward to an application "
        "load balancer over TCP."
    ),
    aws_error="ValidationError: Listener protocol '<protocol>' must be one of '<protocols>'",
    sources=(
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html",
    ),
    resources=LISTENERS,
    failing=group(protocol="TCP") + listener("port              = 80", 'protocol          = "TCP"'),
    passing=group() + listener(*HTTPS),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Compare the protocols with the kind of load balancer."""
    kind = kind_of(resource)
    allowed = PROTOCOLS.get(kind or "")
    if allowed is None or kind == "gateway":
        return
    protocol = resource.text("protocol")
    if protocol is not None and protocol not in allowed:
        yield Problem(
            resource,
            "protocol",
            f"protocol is {protocol} and the load balancer's type is {kind}, which has {', '.join(allowed)}.",
            fix=f"Use one of {', '.join(allowed)}, or another load_balancer_type.",
            aws_error=f"ValidationError: Listener protocol '{protocol}' must be one of '{', '.join(allowed)}'",
            also={"load_balancer_type": kind or ""},
        )
        return
    for block, group_ in forwarded_to(resource):
        spoken = group_.text("protocol")
        if spoken is not None and spoken not in allowed and group_.text("target_type", "instance") != "lambda":
            yield Problem(
                block,
                "target_group_arn" if block.has("target_group_arn") else "arn",
                f"{group_.address} has protocol {spoken}, and the load balancer's type is {kind}, which forwards over "
                f"{', '.join(allowed)}.",
                fix=f"Set protocol of {group_.address} to one of {', '.join(allowed)}.",
                aws_error=(
                    "InvalidLoadBalancerAction: The target group's protocol is not supported by the load balancer"
                ),
                also={"protocol": spoken},
            )
