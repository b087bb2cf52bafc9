"""Two listeners on one port, two rules of one priority."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tercet.preflight.findings import Severity
from tercet.preflight.graph import Graph, Resource
from tercet.preflight.rule import Context, Problem, Rule
from tercet.preflight.rules.elb._balancers import BALANCERS, LISTENERS, RULES
from tercet.preflight.rules.elb._examples import HTTPS, group, listener

RULE = Rule(
    id="lb-listener-duplicate",
    title="Two listeners on one port, or two rules of one priority",
    severity=Severity.APPLY_FAILS,
    rationale=(
        "A load balancer has one listener per port, and a listener one rule per priority. The second of two is refused."
    ),
    aws_error="DuplicateListener: A listener already exists on this port for this load balancer '<arn>'",
    sources=("https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html",),
    failing=group() + listener(*HTTPS) + listener(*HTTPS, name="refunds"),
    passing=group() + listener(*HTTPS) + listener("port              = 8443", *HTTPS[1:], name="refunds"),
)


@RULE.check
def check(graph: Graph, _context: Context) -> Iterator[Problem]:
    """Group listeners by load balancer and port, and rules by listener and priority."""
    yield from _doubled(
        graph.of_type(*LISTENERS),
        "load_balancer_arn",
        BALANCERS,
        "port",
        "DuplicateListener: A listener already exists on this port for this load balancer",
    )
    yield from _doubled(
        graph.of_type(*RULES), "listener_arn", LISTENERS, "priority", "PriorityInUse: Priority '{}' is currently in use"
    )


def _doubled(
    resources: list[Resource], owner: str, types: tuple[str, ...], argument: str, error: str
) -> Iterator[Problem]:
    seen: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    for resource in resources:
        value = resource.value(argument)
        if isinstance(value, int | str) and not isinstance(value, bool) and not resource.many:
            key = _owner(resource, owner, types)
            if key is not None:
                seen[key, str(value)].append(resource)
    for (_, value), found in seen.items():
        for resource in found[1:]:
            yield Problem(
                resource,
                argument,
                f"{argument} is {value}, as it is of {found[0].address} on the same {owner}.",
                fix=f"Give it another {argument}, or merge the two.",
                aws_error=error.replace("{}", value),
                also={"first": found[0].address},
            )


def _owner(resource: Resource, owner: str, types: tuple[str, ...]) -> str | None:
    owners = resource.targets(owner, *types)
    if len(owners) == 1 and not owners[0].many:
        return owners[0].address
    value = resource.value(owner)
    return str(value) if isinstance(value, str) and not owners else None
