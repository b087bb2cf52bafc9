"""Health checks that cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.elb._balancers import GROUPS
from tercet.preflight.rules.elb._examples import group
from tercet.preflight.values import is_known

RULE = Rule(
    id="lb-health-check",
    title="A health check that cannot be",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A health check's answer has to come before the next is asked, so that the timeout is shorter than the "
        "interval for HTTP targets. A check over TCP only connects: it has neither a path nor a matcher, and is for "
        "target groups of other protocols than HTTP and HTTPS."
    ),
    aws_error="ValidationError: Health check interval must be greater than the timeout.",
    sources=("https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",),
    resources=GROUPS,
    failing=group("", "health_check {", '  path     = "/health"', "  interval = 10", "  timeout  = 15", "}"),
    passing=group("", "health_check {", '  path     = "/health"', "  interval = 15", "  timeout  = 5", "}"),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at the times, and at what a TCP check does not have."""
    for health in resource.blocks("health_check"):
        if health.value("protocol") == "TCP":
            yield from _tcp(health)
            yield from _of_web(health, resource)
        if not (health.has("timeout") and health.has("interval")):
            continue
        timeout, interval = health.number("timeout", 0) or 0, health.number("interval", 0) or 0
        if timeout >= interval and resource.text("protocol", "HTTP") in ("HTTP", "HTTPS"):
            yield Problem(
                health,
                "timeout",
                f"health_check.timeout is {timeout} and interval is {interval}: the answer may come after the next "
                "question.",
                fix=f"Set interval over {timeout}, or a shorter timeout.",
                also={"interval": str(interval)},
            )


def _tcp(health: Block) -> Iterator[Problem]:
    for name in ("matcher", "path"):
        value = health.value(name)
        if is_known(value) and value not in (None, ""):
            yield Problem(
                health,
                name,
                f"health_check.protocol is TCP and {name} is {health.shown(name)}.",
                fix=f"Remove {name}, or check over HTTP.",
                aws_error=f"Error: Invalid attribute combination: health_check.{name} is not supported with TCP",
            )


def _of_web(health: Block, group: Resource) -> Iterator[Problem]:
    protocol = group.value("protocol")
    if protocol in ("HTTP", "HTTPS"):
        yield Problem(
            health,
            "protocol",
            f"health_check.protocol is TCP and the target group's protocol is {protocol}, which is checked over HTTP.",
            fix="Remove health_check.protocol.",
            aws_error=(
                f"InvalidConfigurationRequest: Health check protocol 'TCP' is not supported for target groups with the "
                f"{protocol} protocol"
            ),
            also={"protocol": str(protocol)},
        )
