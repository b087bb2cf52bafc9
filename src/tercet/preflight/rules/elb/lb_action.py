"""Actions that lack what they do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Block, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.elb._balancers import LISTENERS, RULES, actions
from tercet.preflight.rules.elb._examples import HTTPS, group, listener

_NEEDED: Final = {
    "authenticate-cognito": ("authenticate_cognito",),
    "authenticate-oidc": ("authenticate_oidc",),
    "fixed-response": ("fixed_response",),
    "forward": ("target_group_arn", "forward"),
    "redirect": ("redirect",),
}
_SAME: Final = {"host": "#{host}", "path": "/#{path}", "query": "#{query}"}

RULE = Rule(
    id="lb-action",
    title="A listener's action lacks what it does, or leads in a circle",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "Each type of action has its own block: where to forward, what to answer, where to redirect. A redirect to "
        "where the request came from is refused, because it never ends."
    ),
    aws_error="Error: Attribute <block> must be specified when <action>.type is <type>.",
    confirmed=True,
    sources=("https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html",),
    resources=(*LISTENERS, *RULES),
    failing=group() + listener(*HTTPS).replace("    target_group_arn = aws_lb_target_group.payments.arn\n", ""),
    passing=group() + listener(*HTTPS),
)


@RULE.check
def check(resource: Resource, _context: Context) -> Iterator[Problem]:
    """Look at each action."""
    for action in actions(resource):
        kind = action.value("type")
        needed = _NEEDED.get(kind, ()) if isinstance(kind, str) else ()
        if needed and not any(action.has(name) for name in needed):
            yield Problem(
                action,
                needed[0],
                f"{action.named('type')} is {kind} and {' or '.join(needed)} is missing.",
                fix=f"Give {needed[0]}.",
                aws_error=f"Error: Attribute {needed[0]} must be specified when {action.named('type')} is {kind}.",
                also={"type": str(kind)},
            )
        if resource.type in LISTENERS:
            for redirect in action.blocks("redirect"):
                yield from _circle(resource, redirect)


def _circle(resource: Resource, redirect: Block) -> Iterator[Problem]:
    if any(redirect.text(name, same) != same for name, same in _SAME.items()):
        return
    protocol, port = resource.text("protocol", "HTTP"), resource.text("port")
    to_protocol, to_port = redirect.text("protocol", "#{protocol}"), redirect.text("port", "#{port}")
    if to_protocol in ("#{protocol}", protocol) and to_port in ("#{port}", port):
        yield Problem(
            redirect,
            "port",
            f"The listener on {protocol} port {port} redirects to itself.",
            fix='Redirect to protocol = "HTTPS" and port = "443".',
            aws_error=("InvalidLoadBalancerAction: The redirect configuration is not valid because it creates a loop."),
            also={"protocol": to_protocol or ""},
        )
